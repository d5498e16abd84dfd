import type { AnyAction } from '../../action.js';
import { slackBookmarkAction } from './bookmark.action.js';
import { slackCanvasAction } from './canvas.action.js';
import { slackChannelAction } from './channel.action.js';
import { slackInviteAction } from './invite.action.js';
import { slackMessageAction } from './message.action.js';
import type { SlackForSteps } from './ports.js';

/** `slack:*` in the workspace that the bot is connected to. */
export function slackActions(slack: SlackForSteps): AnyAction[] {
  return [
    slackChannelAction(slack),
    slackInviteAction(slack),
    slackBookmarkAction(slack),
    slackCanvasAction(slack),
    slackMessageAction(slack),
  ];
}
