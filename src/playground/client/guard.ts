import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * True if a request comes from the playground's own page or from a program on this machine. The Host must be loopback
 * (a rebound DNS name is not), and an Origin, which browsers always send across sites, must be the page's own.
 */
export function comesFromHere(request: IncomingMessage, extraHost: string): boolean {
  const host = request.headers.host;
  if (host === undefined || !isAllowedHost(host, extraHost)) return false;
  const { origin } = request.headers;
  return origin === undefined || origin === `http://${host}`;
}

/** Lets only such requests through, see {@link comesFromHere}. */
export const onlyFromHere =
  (extraHost: string): RequestHandler =>
  (request, response, next) => {
    if (comesFromHere(request, extraHost)) next();
    else
      response
        .status(403)
        .json({ ok: false, error: 'forbidden', detail: 'Only the playground on this machine may do that.' });
  };

function isAllowedHost(host: string, extraHost: string): boolean {
  const name = host.replace(/:\d+$/u, '').toLowerCase();
  return LOOPBACK.has(name) || name === extraHost.toLowerCase();
}
