import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type Request, type Response } from 'express';
import { WebSocketServer } from 'ws';
import type { Feed } from './client/feed.js';
import { downloadRouter, uploadRouter } from './client/files.js';
import { comesFromHere, onlyFromHere } from './client/guard.js';
import { pageRouter } from './client/page.js';
import { clientRouter } from './client/routes.js';
import type { HttpTransport } from './delivery/http-transport.js';
import type { SocketTransport } from './delivery/socket-transport.js';
import { responseUrlRouter } from './interactions/response-route.js';
import { channelsOf } from './operations/canvases.js';
import type { CallLog } from './web-api/call-log.js';
import type { PostLimit } from './web-api/post-limit.js';
import { apiRouter } from './web-api/router.js';
import type { World } from './world.js';

export interface ServerParts {
  world: World;
  calls: CallLog;
  postLimit: PostLimit | null;
  http: HttpTransport | null;
  socket: SocketTransport | null;
  feed: Feed;
}

/** Everything the playground answers to, on one port. */
export function createPlaygroundServer(parts: ServerParts): Server {
  const { world } = parts;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use('/api', apiRouter(parts));
  app.use(['/commands', '/actions'], responseUrlRouter(world));
  app.use('/upload', onlyFromHere(world.options.host), uploadRouter(world));
  app.use('/files', onlyFromHere(world.options.host), downloadRouter(world));
  // Where a link to a channel or a message leads, as in Slack: to the channel.
  app.get(['/archives/:channel', '/archives/:channel/:message'], (request, response) => {
    response.redirect(`/#${encodeURIComponent(String(request.params.channel))}`);
  });
  app.get('/docs/:team/:canvas', (request, response) => {
    const canvas = world.workspace.canvases.get(request.params.canvas);
    const [channel] = canvas === undefined ? [] : channelsOf(world, canvas);
    response.redirect(`/#${encodeURIComponent(channel?.id ?? '')}`);
  });
  app.use(pageRouter(world.options.uiDirectory));
  app.use(clientRouter(parts));
  app.use((error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
    const status = statusOf(error);
    if (response.headersSent) next(error);
    else response.status(status).json({ ok: false, error: status < 500 ? 'invalid_request' : 'internal_error' });
  });
  const server = createServer(app);
  upgradeOn(server, parts);
  return server;
}

/** A page names its person by id, or by the name in its address (`?as=lea`). */
function personFor({ workspace }: World, wanted: string): string | undefined {
  if (workspace.users.has(wanted)) return wanted;
  return [...workspace.users.values()].find((user) => user.name === wanted && !user.isBot)?.id;
}

/** A body that is no JSON or too large carries its own status. */
function statusOf(error: unknown): number {
  const known = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof known === 'number' ? known : 500;
}

function upgradeOn(server: Server, { world, socket, feed }: ServerParts): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => {
      stream.destroy();
    });
    const target = `http://playground${request.url ?? '/'}`;
    const url = new URL(URL.canParse(target) ? target : 'http://playground');
    const user = personFor(world, url.searchParams.get('user') ?? '');
    const isPage = url.pathname === '/client/ws' && user !== undefined && comesFromHere(request, world.options.host);
    const isApp =
      url.pathname === '/link/' && socket !== null && world.tickets.redeem(url.searchParams.get('ticket') ?? '');
    if (!isPage && !isApp) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (connection) => {
      if (isPage) feed.accept(connection, user);
      else socket?.accept(connection);
    });
  });
}
