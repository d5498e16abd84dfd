import type { IncomingMessage } from 'node:http';
import { comesFromHere } from './guard.js';

const from = (headers: Record<string, string>): boolean =>
  comesFromHere({ headers } as unknown as IncomingMessage, '127.0.0.1');

describe('who may use the page’s API', () => {
  it.each(['localhost:3333', '127.0.0.1:3333', '[::1]:3333', 'LOCALHOST:3333'])(
    'a program on this machine at %s',
    (host) => {
      expect(from({ host })).toBe(true);
    },
  );

  it('the page itself', () => {
    expect(from({ host: 'localhost:3333', origin: 'http://localhost:3333' })).toBe(true);
  });

  it.each([
    [{}],
    [{ host: 'evil.test' }],
    [{ host: 'localhost.evil.test:3333' }],
    [{ host: '127.0.0.1.evil.test' }],
    [{ host: 'localhost:3333', origin: 'https://evil.test' }],
    [{ host: 'localhost:3333', origin: 'http://localhost:4444' }],
    [{ host: 'localhost:3333', origin: 'null' }],
  ])('nobody else: %j', (headers) => {
    expect(from(headers)).toBe(false);
  });
});
