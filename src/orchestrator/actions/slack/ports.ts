import type { Labels } from '../../action.js';

/** A channel, as far as this app may see it. */
export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  /** This app made it. */
  readonly isOurs: boolean;
  readonly purpose: string;
}

export interface SlackChannels {
  /** By name or id. An archived one by its id only. */
  find(nameOrId: string): Promise<SlackChannel | null>;
  /** Looks through all: whatever has the name, and what we made with this mark as its name or in its purpose. */
  search(
    name: string,
    mark: string,
  ): Promise<{ readonly named: SlackChannel | null; readonly marked: SlackChannel | null }>;
  make(name: string, isPrivate: boolean): Promise<SlackChannel>;
  /** Sets of these what is different. */
  describe(id: string, words: { readonly topic?: string; readonly purpose: string }): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  /** Harmless when it is archived or gone. */
  archive(id: string): Promise<void>;
}

/** Whom to invite, as an author names them. */
export interface SlackPeopleWish {
  /** E-mail addresses and Slack user ids. */
  readonly people: readonly string[];
  /** Handles of Slack user groups. */
  readonly groups: readonly string[];
  /** Teams of access.yaml. */
  readonly teams: readonly string[];
}

export interface SlackMembers {
  /** Their ids, each once. @throws ActionFailed naming who is not known, or may not be invited */
  whoAre(wish: SlackPeopleWish): Promise<readonly string[]>;
  of(channelId: string): Promise<ReadonlySet<string>>;
  /** Harmless for those who are in. @throws ActionFailed naming who is missing then */
  invite(channelId: string, personIds: readonly string[]): Promise<void>;
  /** Harmless when they, or the channel, are gone. */
  remove(channelId: string, personId: string): Promise<void>;
}

export interface SlackBookmark {
  readonly id: string;
  readonly title: string;
  readonly link: string;
}

export type SlackBookmarkWish = Pick<SlackBookmark, 'title' | 'link'> & { readonly emoji?: string };

export interface SlackBookmarks {
  /** None where the channel is gone or archived. */
  of(channelId: string): Promise<readonly SlackBookmark[]>;
  add(channelId: string, wish: SlackBookmarkWish): Promise<SlackBookmark>;
  edit(channelId: string, id: string, wish: SlackBookmarkWish): Promise<SlackBookmark>;
  /** Harmless when it is gone. */
  remove(channelId: string, id: string): Promise<void>;
}

export interface SlackCanvas {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

export interface SlackCanvasWords {
  readonly title: string;
  readonly markdown: string;
  /** What it is found again by; stands at its end. */
  readonly mark: string;
}

export interface SlackCanvases {
  find(id: string): Promise<SlackCanvas | null>;
  /** The one that belongs to a channel. */
  ofChannel(channelId: string): Promise<SlackCanvas | null>;
  /** One of our own making since then, with this mark in it. */
  findMarked(mark: string, since: Date): Promise<SlackCanvas | null>;
  isMarked(id: string, mark: string): Promise<boolean>;
  /** That of a channel, or one that stands alone. */
  make(channelId: string | null, words: SlackCanvasWords): Promise<SlackCanvas>;
  /** Replaces all of its text, and its title. */
  rewrite(id: string, words: SlackCanvasWords): Promise<SlackCanvas>;
  /** Lets everybody in these channels read or write it. */
  share(id: string, channelIds: readonly string[], access: 'read' | 'write'): Promise<void>;
  /** Harmless when it is gone. */
  remove(id: string): Promise<void>;
}

export interface SlackPost {
  readonly text: string;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** What it is found again by, in its metadata. */
  readonly mark: string;
  /** For whom it is posted, in its metadata. */
  readonly labels: Labels;
}

export interface SlackPosts {
  post(channelId: string, post: SlackPost): Promise<{ readonly ts: string }>;
  findMarked(channelId: string, mark: string, since: Date): Promise<{ readonly ts: string } | null>;
  edit(channelId: string, ts: string, post: SlackPost): Promise<void>;
  url(channelId: string, ts: string): Promise<string>;
  look(channelId: string, ts: string): Promise<{ readonly isPinned: boolean } | null>;
  /** Harmless when it is pinned. */
  pin(channelId: string, ts: string): Promise<void>;
  /** Harmless when it is not pinned, or gone. */
  unpin(channelId: string, ts: string): Promise<void>;
  /** Harmless when it is gone. */
  remove(channelId: string, ts: string): Promise<void>;
}

/** What steps can do in Slack. Every text passes the redactor; each refusal is an ActionFailed that says what to do. */
export interface SlackHands {
  readonly channels: SlackChannels;
  readonly members: SlackMembers;
  readonly bookmarks: SlackBookmarks;
  readonly canvases: SlackCanvases;
  readonly posts: SlackPosts;
}

/** Port, bound in slack/steps: the workspace, for steps. */
export abstract class SlackForSteps {
  /** `signal` ends waiting for what Slack asks to wait. */
  abstract hands(signal: AbortSignal): SlackHands;
}
