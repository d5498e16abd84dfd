import { EventEmitter } from 'node:events';
import { Feed } from './client/feed.js';
import { Deliveries, SLACK_RETRY_DELAYS_MS } from './delivery/deliveries.js';
import { HttpTransport } from './delivery/http-transport.js';
import { SocketTransport } from './delivery/socket-transport.js';
import { Tickets } from './delivery/tickets.js';
import { ResponseUrls } from './interactions/response-urls.js';
import { Triggers } from './interactions/triggers.js';
import { close, listen } from './listen.js';
import { ScheduledPosts } from './operations/scheduled-posts.js';
import type { PlaygroundOptions } from './options.js';
import { createPlaygroundServer } from './server.js';
import { CallLog } from './web-api/call-log.js';
import { PostLimit } from './web-api/post-limit.js';
import { StateFile } from './workspace/state-file.js';
import { Workspace } from './workspace/workspace.js';
import { defaultSeed } from './workspace/workspace-seed.js';
import type { World } from './world.js';

const SLACK_ACK_TIMEOUT_MS = 3_000;

export interface Playground {
  /** Where the page is; no slash at the end. */
  readonly url: string;
  /** For the app's `SLACK_API_URL`; ends in `/api/`. */
  readonly apiUrl: string;
  /** The app listens somewhere else from now on. Only in HTTP mode. */
  setRequestUrl(url: string): void;
  stop(): Promise<void>;
}

/**
 * Starts a local Slack workspace for development and tests. Rejects in production, on an address that others could reach, and outside
 * development if the port is taken.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  if (options.environment === 'production')
    throw new Error('The playground never runs in production: it lets anybody act as anybody.');
  const clock = options.clock ?? Date.now;
  const transport = transportFor(options, clock);
  const door = new Deliveries(transport, options.eventRetryDelaysMs ?? SLACK_RETRY_DELAYS_MS, clock);
  const world = newWorld(options, clock, door);
  const stateFile = options.stateFile === undefined ? null : new StateFile(options.stateFile, world.workspace);
  stateFile?.load();
  world.changes.on('change', () => stateFile?.saveSoon());
  const socket = transport instanceof SocketTransport ? transport : null;
  const http = transport instanceof HttpTransport ? transport : null;
  const postLimit = options.limitPosts === true ? new PostLimit(clock) : null;
  const feed = new Feed(world);
  const server = createPlaygroundServer({ world, calls: new CallLog(), postLimit, http, socket, feed });
  world.baseUrl = await listen(server, options);
  const scheduled = new ScheduledPosts(world);
  return {
    url: world.baseUrl,
    apiUrl: `${world.baseUrl}/api/`,
    setRequestUrl: (url) => {
      if (http !== null) http.requestUrl = url;
    },
    stop: async () => {
      scheduled.stop();
      door.stop();
      socket?.stop();
      feed.stop();
      await close(server);
      stateFile?.saveNow();
    },
  };
}

function transportFor(
  { delivery, app, ackTimeoutMs = SLACK_ACK_TIMEOUT_MS }: PlaygroundOptions,
  clock: () => number,
): HttpTransport | SocketTransport {
  if (delivery.mode === 'socket') return new SocketTransport(ackTimeoutMs);
  return new HttpTransport(delivery.requestUrl, { signingSecret: app.signingSecret, ackTimeoutMs, clock });
}

function newWorld(options: PlaygroundOptions, clock: () => number, door: Deliveries): World {
  return {
    options,
    clock,
    workspace: new Workspace(options.workspace ?? defaultSeed(), clock),
    door,
    triggers: new Triggers(clock),
    tickets: new Tickets(),
    responseUrls: new ResponseUrls(clock),
    modals: new Map(),
    messageStates: new Map(),
    changes: new EventEmitter(),
    baseUrl: '',
  };
}
