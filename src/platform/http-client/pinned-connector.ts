import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import type { AllowList } from './allow-list.js';
import { HttpRefused } from './http-errors.js';

export type Resolve = (host: string) => Promise<readonly string[]>;

const CONNECT_TIMEOUT_MILLISECONDS = 5_000;

/** All addresses of a host, as the machine resolves names. */
export async function resolveByDns(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/**
 * Connects to an address that was looked at: the name is resolved once, what must not be reached is left out, and the connection goes to what is
 * left, so that an answer of the name server which changes a moment later (DNS rebinding) changes nothing.
 */
export function pinnedConnector(allowed: AllowList, resolve: Resolve): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MILLISECONDS });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = options.port === '' ? (options.protocol === 'http:' ? 80 : 443) : Number(options.port);
    const servername = isIP(host) === 0 ? host : undefined;
    const tryOne = ([first, ...others]: readonly string[]): void => {
      const to = {
        ...options,
        hostname: first ?? '',
        port: String(port),
        ...(servername !== undefined && { servername }),
      };
      connect(to, (...[error, socket]) => {
        if (error === null) callback(null, socket);
        else if (others.length > 0) tryOne(others);
        else callback(error, null);
      });
    };
    permittedAddresses(host, port, allowed, resolve).then(tryOne, (error: unknown) => {
      callback(error instanceof Error ? error : new Error(String(error)), null);
    });
  };
}

/** The addresses of a host that may be connected to. @throws HttpRefused when there is none */
export async function permittedAddresses(
  host: string,
  port: number,
  allowed: AllowList,
  resolve: Resolve = resolveByDns,
): Promise<string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  const permitted = addresses.filter((address) => allowed.permitsAddress(address, port));
  if (permitted.length === 0)
    throw new HttpRefused(
      `${host} has an address inside a private network, which this installation does not list. Nothing was sent.`,
      { details: { host } },
    );
  return permitted;
}
