/**
 * What the playground's browser page and the tests say to the playground's server, and what it says back.
 * Slack's own Web API lives beside this, under `/api/<method>`; this is the "client" side, which in real Slack is private.
 */

export interface PlaygroundUser {
  id: string;
  name: string;
  realName: string;
  email: string;
  /** Shown in the act-as switch: what this person is in the story, such as "team lead". */
  title: string;
  isBot: boolean;
  isRestricted: boolean;
  deleted: boolean;
  teamId: string;
  /** A colour for the avatar, CSS notation. */
  color: string;
}

export interface PlaygroundChannel {
  id: string;
  name: string;
  kind: 'channel' | 'private' | 'im' | 'mpim';
  topic: string;
  purpose: string;
  memberIds: string[];
  isArchived: boolean;
  pinnedTs: string[];
  bookmarks: { id: string; title: string; link: string; emoji?: string }[];
  /** Its own canvas, and those that are shared with it. */
  canvases: { id: string; title: string; markdown: string }[];
}

export interface PlaygroundReaction {
  name: string;
  users: string[];
}

export interface PlaygroundMessage {
  channel: string;
  ts: string;
  user: string;
  text: string;
  /** Block Kit blocks as the app sent them, with missing `block_id`s filled in. */
  blocks: Record<string, unknown>[];
  threadTs?: string;
  replyCount: number;
  edited: boolean;
  deleted: boolean;
  /** Set on an ephemeral message: the one person who sees it. Never in history. */
  ephemeralTo?: string;
  reactions: PlaygroundReaction[];
  files: { id: string; name: string; title: string; mimetype: string; size: number; url: string; altText?: string }[];
  metadata?: unknown;
  /** Slack's own notes, such as `channel_join`. */
  subtype?: string;
}

export interface PlaygroundView {
  id: string;
  type: 'modal' | 'home';
  callbackId: string;
  title: string;
  submit?: string;
  close?: string;
  blocks: Record<string, unknown>[];
  privateMetadata: string;
  hash: string;
  rootViewId: string;
  previousViewId?: string;
  /** What was typed so far, in Slack's `view.state.values` shape. */
  state: Record<string, Record<string, unknown>>;
  clearOnClose: boolean;
  notifyOnClose: boolean;
  submitDisabled: boolean;
  /** From `response_action: "errors"`: block_id → sentence. */
  errors: Record<string, string>;
}

/** Everything one person sees. Sent whole on connect, then in patches. */
export interface ClientSnapshot {
  team: { id: string; name: string; domain: string };
  me: string;
  bot: {
    userId: string;
    appId: string;
    name: string;
    commands: { command: string; usageHint: string; description: string }[];
    shortcuts: { callbackId: string; name: string; type: 'global' | 'message' }[];
  };
  users: PlaygroundUser[];
  channels: PlaygroundChannel[];
  /** By channel id, oldest first; thread replies included (they carry `threadTs`). */
  messages: Record<string, PlaygroundMessage[]>;
  /** The open modal stack of this person, bottom first. */
  modals: PlaygroundView[];
  home: PlaygroundView | null;
}

/** Server → browser over `GET /client/ws?user=<id or name>`. */
export type ServerFrame =
  | { type: 'snapshot'; snapshot: ClientSnapshot }
  | { type: 'message'; message: PlaygroundMessage }
  | { type: 'message_removed'; channel: string; ts: string }
  | { type: 'channel'; channel: PlaygroundChannel }
  | { type: 'users'; users: PlaygroundUser[] }
  | { type: 'modals'; modals: PlaygroundView[] }
  | { type: 'home'; home: PlaygroundView | null }
  | { type: 'notice'; text: string };

/**
 * Browser or test → server: `POST /client/act` with one of these as JSON. The answer is
 * `{ ok: true, ... }` or `{ ok: false, error, detail? }`. An action that the app must acknowledge resolves once it has
 * (or answers `{ ok: false, error: 'app_timeout' | 'app_error' | 'dispatch_failed' }` as Slack's client would show it).
 */
export type ClientAction =
  /** `text` as Slack sends it: `&`, `<`, `>` escaped, people as `<@U…>`. That is the composer's work. */
  | {
      do: 'post_message';
      user: string;
      channel: string;
      text: string;
      threadTs?: string | undefined;
      /** Files that this person uploaded. */
      fileIds?: string[] | undefined;
    }
  | { do: 'slash_command'; user: string; channel: string; command: string; text: string; threadTs?: string | undefined }
  | { do: 'global_shortcut'; user: string; callbackId: string }
  | { do: 'message_shortcut'; user: string; callbackId: string; channel: string; ts: string }
  | { do: 'react'; user: string; channel: string; ts: string; name: string }
  | { do: 'unreact'; user: string; channel: string; ts: string; name: string }
  | { do: 'pin' | 'unpin'; user: string; channel: string; ts: string }
  /** One's own messages only. */
  | { do: 'edit_message'; user: string; channel: string; ts: string; text: string }
  | { do: 'delete_message'; user: string; channel: string; ts: string }
  /** Answers `{ ok: true, channel }`. */
  | { do: 'open_dm'; user: string; with: string }
  /** A click or choice on an interactive element; `value` in the element's own action payload shape (e.g. `{ selected_option }`). */
  | {
      do: 'block_action';
      user: string;
      container: ActionContainer;
      blockId: string;
      actionId: string;
      value?: Record<string, unknown> | undefined;
    }
  /** Typing into a modal input that does not dispatch: kept in the view's state. */
  | {
      do: 'set_input';
      user: string;
      viewId: string;
      blockId: string;
      actionId: string;
      value: Record<string, unknown> | null;
    }
  | { do: 'options'; user: string; container: ActionContainer; blockId: string; actionId: string; value: string }
  | { do: 'submit_view'; user: string; viewId: string }
  | { do: 'close_view'; user: string; viewId: string; clear?: boolean | undefined }
  /** Chooses a file for a `file_input`: answers `{ ok: true, file }`, to be set as `{ files: [file] }`. */
  | { do: 'upload_file'; user: string; name: string; contentBase64: string }
  | { do: 'open_home'; user: string }
  | { do: 'join' | 'leave'; user: string; channel: string };

export type ActionContainer = { type: 'message'; channel: string; ts: string } | { type: 'view'; viewId: string };

/**
 * Test only: `POST /control/<name>`.
 * `fail`: the next `times` calls of `method` answer this error (with `retryAfterSeconds` for `ratelimited`).
 * `redeliver`: deliver the last event envelope of that type again, same `event_id`, with the retry headers.
 * `deactivate`/`add_user`/`restrict`: change people. `reset`: back to the seeded workspace.
 * `calls`: every Web API call made so far (method, arguments less tokens, result's `ok`/`error`).
 */
export interface ControlRequests {
  fail: {
    method: string;
    error: string;
    times: number;
    retryAfterSeconds?: number | undefined;
    status?: number | undefined;
  };
  redeliver: { eventType: string };
  deactivate: { user: string };
  restrict: { user: string };
  add_user: { name: string; realName: string; email: string; teamId?: string | undefined };
  reset: Record<string, never>;
  calls: { method?: string | undefined; sinceIndex?: number | undefined };
  /** Answers when no event is under way to the app any more (retries to come included). */
  settled: Record<string, never>;
  /** Tells every Socket Mode connection to come back, and closes it. */
  refresh_sockets: Record<string, never>;
  /** Sends this event to the app as it is, in a fresh envelope. */
  emit_event: { event: Record<string, unknown> & { type: string } };
  /** Does Slack's handshake with the request URL; answers `verified`. */
  verify_url: Record<string, never>;
}
