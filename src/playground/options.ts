import type { WorkspaceSeed } from './workspace/records.js';

interface PlaygroundApp {
  /** `xoxb-…`: what the bot's Web API calls must carry. */
  botToken: string;
  /** `xapp-…`: what `apps.connections.open` must carry. */
  appToken: string;
  signingSecret: string;
  /** What it was granted; everything if left out. */
  scopes?: readonly string[];
  commands: { command: string; usageHint: string; description: string }[];
  shortcuts: { callbackId: string; name: string; type: 'global' | 'message' }[];
}

export interface PlaygroundOptions {
  /** It never starts in production. */
  environment: 'development' | 'test' | 'production';
  /** A loopback address. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Where the workspace is kept between starts. Absent: in memory only. */
  stateFile?: string;
  /** The built page. Absent or not built: a page that says how to build it. */
  uiDirectory?: string;
  app: PlaygroundApp;
  /** Where events, interactions and commands go: signed requests to one URL, or the app's open Socket Mode connections. */
  delivery: { mode: 'http'; requestUrl: string } | { mode: 'socket' };
  workspace?: WorkspaceSeed;
  /** Milliseconds since 1970; tests drive the expiry of trigger ids and response URLs with it. Default: the system's. */
  clock?: () => number;
  /** How long the app has to acknowledge. Default 3000, as in Slack. */
  ackTimeoutMs?: number;
  /** Waits before an event is delivered again. Default at once, 1 minute, 5 minutes, as in Slack. */
  eventRetryDelaysMs?: number[];
  /** Refuse more than one post a second a channel, as Slack does. Default false. */
  limitPosts?: boolean;
}
