import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasCode } from './error-code.js';
import type { PlaygroundOptions } from './options.js';

type Place = Pick<PlaygroundOptions, 'environment' | 'host' | 'port'>;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/u;

/**
 * Listens and answers the address, without a slash at the end. In development a port that is taken is no reason not to
 * start: another one is used and shown. Rejects for a host that others could reach: here anybody may act as anybody.
 */
export async function listen(server: Server, place: Place): Promise<string> {
  if (!LOOPBACK.test(place.host))
    throw new Error(
      `The playground listens on this machine only, and ${place.host} is no loopback address. Use 127.0.0.1.`,
    );
  try {
    await bind(server, place.port, place.host);
  } catch (error) {
    if (place.environment !== 'development' || !hasCode(error, 'EADDRINUSE')) throw error;
    await bind(server, 0, place.host);
  }
  const { port } = server.address() as AddressInfo;
  return `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${port}`;
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** Stops listening. Connections that are open are cut: whoever holds one would otherwise keep the process alive. */
export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
