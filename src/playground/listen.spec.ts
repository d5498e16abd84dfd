import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from './listen.js';

describe('the playground’s port', () => {
  let other: Server;
  let port: number;
  const server = createServer();

  beforeEach(async () => {
    other = createServer();
    await listen(other, { environment: 'test', host: '127.0.0.1', port: 0 });
    ({ port } = other.address() as AddressInfo);
  });
  afterEach(async () => {
    await close(other);
    if (server.listening) await close(server);
  });

  it('is another one in development when the wished one is taken', async () => {
    const url = await listen(server, { environment: 'development', host: '127.0.0.1', port });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect(url).not.toBe(`http://127.0.0.1:${port}`);
  });

  it('is the wished one or none under test', async () => {
    await expect(listen(server, { environment: 'test', host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE');
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'playground.example'])('is never open to others by %s', async (host) => {
    await expect(listen(server, { environment: 'development', host, port: 0 })).rejects.toThrow('this machine only');
  });
});
