/** What the workspace remembers. Names are ours; `present.ts` turns them into Slack's shapes. */

export interface UserRecord {
  id: string;
  name: string;
  realName: string;
  email: string;
  title: string;
  isBot: boolean;
  isRestricted: boolean;
  deleted: boolean;
  teamId: string;
  color: string;
}

export type ChannelKind = 'channel' | 'private' | 'im' | 'mpim';

interface Stamped {
  value: string;
  creator: string;
  lastSet: number;
}

export interface BookmarkRecord {
  id: string;
  title: string;
  link: string;
  emoji?: string;
  created: number;
  updated: number;
}

export interface ChannelRecord {
  id: string;
  name: string;
  kind: ChannelKind;
  creator: string;
  /** Unix seconds. */
  created: number;
  topic: Stamped;
  purpose: Stamped;
  memberIds: string[];
  isArchived: boolean;
  isGeneral: boolean;
  pins: { ts: string; user: string; created: number }[];
  bookmarks: BookmarkRecord[];
}

export type Block = Record<string, unknown> & { type: string };

export interface MessageRecord {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks: Block[];
  attachments?: unknown[];
  threadTs?: string;
  subtype?: string;
  /** Fields that only this subtype has, such as `inviter` or `topic`. */
  subtypeFields?: Record<string, unknown>;
  edited?: { user: string; ts: string };
  ephemeralTo?: string;
  reactions: { name: string; users: string[] }[];
  fileIds: string[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
}

export interface FileRecord {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  /** What a picture shows, for those who can't see it. */
  altText?: string;
  user: string;
  created: number;
  size: number;
  contentBase64: string;
  channels: string[];
  /** False between `files.getUploadURLExternal` and `files.completeUploadExternal`. */
  complete: boolean;
}

export interface CanvasSection {
  id: string;
  markdown: string;
}

export interface CanvasRecord {
  id: string;
  title: string;
  user: string;
  created: number;
  sections: CanvasSection[];
  /** Whose canvas it is; null for one that stands alone. */
  channelId: string | null;
  /** Channels and people → what they may do. */
  access: Record<string, 'read' | 'write' | 'owner'>;
}

export interface UsergroupRecord {
  id: string;
  handle: string;
  name: string;
  description: string;
  userIds: string[];
  created: number;
  disabled: boolean;
}

export interface ScheduledRecord {
  id: string;
  channel: string;
  text: string;
  blocks: Block[];
  threadTs?: string;
  /** Unix seconds. */
  postAt: number;
}

export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

export interface ViewRecord {
  id: string;
  user: string;
  type: 'modal' | 'home';
  callbackId: string;
  externalId: string;
  title: string;
  submit?: string;
  close?: string;
  clearOnClose: boolean;
  notifyOnClose: boolean;
  submitDisabled: boolean;
  blocks: Block[];
  privateMetadata: string;
  hash: string;
  rootViewId: string;
  previousViewId?: string;
  state: StateValues;
  errors: Record<string, string>;
}

/** All that survives a restart. Ephemeral messages, open modals and trigger ids do not, as in Slack after a reload. */
export interface WorkspaceData {
  team: { id: string; name: string; domain: string };
  users: UserRecord[];
  channels: ChannelRecord[];
  messages: MessageRecord[];
  usergroups: UsergroupRecord[];
  files: FileRecord[];
  /** Not in the files of older versions. */
  canvases?: CanvasRecord[];
  scheduled: ScheduledRecord[];
  homes: ViewRecord[];
  /** The last id given out, so that none is given twice. */
  lastId: number;
  lastTsMicros: number;
}

export type WorkspaceSeed = Omit<
  WorkspaceData,
  'lastId' | 'lastTsMicros' | 'homes' | 'scheduled' | 'files' | 'canvases' | 'messages'
>;
