import { jest } from '@jest/globals';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(180_000);

/** More than the engine has places for work. */
const WAITING = 210;

describe('requests that wait for an approval', () => {
  let core: Core | undefined;
  afterAll(() => core?.stop());

  it('hold up nobody, however many they are', async () => {
    core = await Core.start();
    const person = await core.person('ada');
    const submit = (environment: string, n: number) =>
      core!.get(SubmitRequest).submit({
        person,
        itemName: 'demo-service',
        teamId: 'payments',
        environment,
        parameters: { name: 'hello', ticks: 1, flakiness: 0, failAtEnd: false },
        reason: 'a test',
        leaseHours: 2,
        idempotencyKey: `${environment}-${n}`,
        traceId: 'trc-test',
        originChannelId: null,
      });
    for (let n = 0; n < WAITING; n += 10)
      await Promise.all(Array.from({ length: 10 }, (_, m) => submit('production', n + m)));
    const { id } = await submit('development', 0);
    const done = await core.until(
      () => core!.get(Requests).get(id),
      ({ state }) => state === 'ready',
      1200,
    );
    expect(done.state).toBe('ready');
  });
});
