import type {
  CanvasRecord,
  ChannelRecord,
  FileRecord,
  MessageRecord,
  ScheduledRecord,
  UsergroupRecord,
  UserRecord,
  ViewRecord,
  WorkspaceData,
  WorkspaceSeed,
} from './records.js';
import { Refusal } from './refusal.js';
import { BOT_USER_ID } from './workspace-seed.js';

/** The workspace's memory: finds things, gives out ids and timestamps. It decides nothing and tells nobody. */
export class Workspace {
  team!: WorkspaceData['team'];
  readonly users = new Map<string, UserRecord>();
  readonly channels = new Map<string, ChannelRecord>();
  /** By channel, oldest first, replies included. */
  readonly messages = new Map<string, MessageRecord[]>();
  readonly usergroups = new Map<string, UsergroupRecord>();
  readonly files = new Map<string, FileRecord>();
  readonly canvases = new Map<string, CanvasRecord>();
  readonly scheduled = new Map<string, ScheduledRecord>();
  readonly homes = new Map<string, ViewRecord>();
  /** By person: what only they see until they reload. */
  readonly ephemerals = new Map<string, MessageRecord[]>();
  private lastId = 0;
  private lastTsMicros = 0;

  constructor(
    private readonly seed: WorkspaceSeed,
    private readonly clock: () => number,
  ) {
    this.reset();
  }

  reset(): void {
    this.load({
      ...structuredClone(this.seed),
      messages: [],
      files: [],
      scheduled: [],
      homes: [],
      lastId: 0,
      lastTsMicros: this.lastTsMicros,
    });
  }

  load(data: WorkspaceData): void {
    this.team = data.team;
    fill(this.users, data.users);
    fill(this.channels, data.channels);
    fill(this.usergroups, data.usergroups);
    fill(this.files, data.files);
    fill(this.canvases, data.canvases ?? []);
    fill(this.scheduled, data.scheduled);
    this.homes.clear();
    for (const home of data.homes) this.homes.set(home.user, home);
    this.ephemerals.clear();
    this.messages.clear();
    for (const message of data.messages) this.messagesOf(message.channel).push(message);
    this.lastId = data.lastId;
    this.lastTsMicros = data.lastTsMicros;
  }

  dump(): WorkspaceData {
    return {
      team: this.team,
      users: [...this.users.values()],
      channels: [...this.channels.values()],
      messages: [...this.messages.values()].flat(),
      usergroups: [...this.usergroups.values()],
      files: [...this.files.values()],
      canvases: [...this.canvases.values()],
      scheduled: [...this.scheduled.values()],
      homes: [...this.homes.values()],
      lastId: this.lastId,
      lastTsMicros: this.lastTsMicros,
    };
  }

  /** A fresh id such as `C0000000A`: counted, so that a test can rely on it and a log can be read. */
  nextId(prefix: string): string {
    this.lastId += 1;
    return `${prefix}${this.lastId.toString(36).toUpperCase().padStart(9, '0')}`;
  }

  /** Unique in the workspace and rising, even when the clock stands still or goes backwards. */
  nextTs(): string {
    this.lastTsMicros = Math.max(this.clock() * 1000, this.lastTsMicros + 1);
    const seconds = Math.floor(this.lastTsMicros / 1_000_000);
    return `${seconds}.${String(this.lastTsMicros % 1_000_000).padStart(6, '0')}`;
  }

  seconds(): number {
    return Math.floor(this.clock() / 1000);
  }

  get bot(): UserRecord {
    return this.user(BOT_USER_ID);
  }

  user(id: string): UserRecord {
    const user = this.users.get(id);
    if (user === undefined) throw new Refusal('user_not_found');
    return user;
  }

  /** Only what `viewerId` may know of: a private channel they are not in does not exist for them. */
  channelFor(viewerId: string, id: string): ChannelRecord {
    const channel = this.channels.get(id);
    if (channel === undefined) throw new Refusal('channel_not_found');
    const isOpen = channel.kind === 'channel' && this.users.get(viewerId)?.isRestricted !== true;
    if (!isOpen && !channel.memberIds.includes(viewerId)) throw new Refusal('channel_not_found');
    return channel;
  }

  channelNamed(name: string): ChannelRecord | undefined {
    return [...this.channels.values()].find((channel) => channel.name === name);
  }

  /** The canvas that belongs to a channel. */
  canvasOf(channelId: string): CanvasRecord | undefined {
    return [...this.canvases.values()].find((canvas) => canvas.channelId === channelId);
  }

  messagesOf(channelId: string): MessageRecord[] {
    const known = this.messages.get(channelId);
    if (known !== undefined) return known;
    const fresh: MessageRecord[] = [];
    this.messages.set(channelId, fresh);
    return fresh;
  }

  findMessage(channelId: string, ts: string): MessageRecord | undefined {
    return this.messagesOf(channelId).find((message) => message.ts === ts);
  }

  message(channelId: string, ts: string): MessageRecord {
    const message = this.findMessage(channelId, ts);
    if (message === undefined) throw new Refusal('message_not_found');
    return message;
  }

  repliesTo(message: MessageRecord): MessageRecord[] {
    return this.messagesOf(message.channel).filter((one) => one.threadTs === message.ts && one.ts !== message.ts);
  }

  ephemeralsOf(userId: string): MessageRecord[] {
    const known = this.ephemerals.get(userId);
    if (known !== undefined) return known;
    const fresh: MessageRecord[] = [];
    this.ephemerals.set(userId, fresh);
    return fresh;
  }

  directMessage(memberIds: string[]): ChannelRecord | undefined {
    const wanted = [...new Set(memberIds)].sort().join();
    return [...this.channels.values()].find(
      (channel) =>
        (channel.kind === 'im' || channel.kind === 'mpim') && [...channel.memberIds].sort().join() === wanted,
    );
  }
}

function fill<T extends { id: string }>(map: Map<string, T>, records: T[]): void {
  map.clear();
  for (const record of records) map.set(record.id, record);
}
