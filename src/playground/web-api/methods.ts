import { bookmarkMethods } from './bookmarks.js';
import { canvasMethods } from './canvases.js';
import { chatMethods } from './chat.js';
import { historyMethods } from './conversation-history.js';
import { settingsMethods } from './conversation-settings.js';
import { conversationMethods } from './conversations.js';
import { fileMethods } from './files.js';
import type { ApiMethod } from './method.js';
import { pinMethods } from './pins.js';
import { reactionMethods } from './reactions.js';
import { teamMethods } from './team.js';
import { usergroupMethods } from './usergroups.js';
import { userMethods } from './users.js';
import { viewMethods } from './views.js';

export const METHODS = new Map<string, ApiMethod>(
  [
    ...teamMethods,
    ...chatMethods,
    ...conversationMethods,
    ...settingsMethods,
    ...historyMethods,
    ...userMethods,
    ...usergroupMethods,
    ...viewMethods,
    ...reactionMethods,
    ...pinMethods,
    ...bookmarkMethods,
    ...fileMethods,
    ...canvasMethods,
  ].map((one) => [one.name, one]),
);
