import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { Logger } from '../../platform/logging/index.js';
import { SocketLine } from './socket-line.js';

class Client extends EventEmitter {
  readonly outcomes: ('up' | 'down')[] = [];
  starts = 0;

  start(): Promise<void> {
    this.starts += 1;
    if (this.outcomes.shift() === 'down') return Promise.reject(new Error('503'));
    this.emit('connected');
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    this.emit('disconnected');
    return Promise.resolve();
  }
}

describe('a Socket Mode connection', () => {
  let client: Client;
  let line: SocketLine;

  beforeEach(() => {
    jest.useFakeTimers();
    client = new Client();
    line = new SocketLine({ client } as never, Logger.silent());
  });
  afterEach(async () => {
    await line.close();
    jest.useRealTimers();
  });

  it('is opened again after it ended', async () => {
    await line.open();
    client.emit('disconnected');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(client.starts).toBe(2);
  });

  it('outlives an hour without Slack, asking ever more slowly', async () => {
    client.outcomes.push(...Array<'down'>(200).fill('down'));
    const opened = line.open();
    await jest.advanceTimersByTimeAsync(3_600_000);
    await opened;
    expect(client.starts).toBeGreaterThan(100);
    expect(client.starts).toBeLessThan(140);
    client.outcomes.length = 0;
    await jest.advanceTimersByTimeAsync(30_000);
    const connectedAt = client.starts;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(client.starts).toBe(connectedAt);
  });

  it('is not opened again once it was closed', async () => {
    await line.open();
    await line.close();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(client.starts).toBe(1);
  });
});
