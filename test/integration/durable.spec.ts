import { DBOS } from '@dbos-inc/dbos-sdk';
import { Durable, durableLogger } from '../../src/platform/durable/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

describe('Durable workflows', () => {
  let database: TestDatabase;
  let durable: Durable;
  const effects: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    durable = new Durable({
      databaseUrl: database.url,
      executorId: 'test',
      logger: durableLogger(Logger.silent()),
      drainMilliseconds: 1_000,
    });
    durable.define('fulfil-request', async (id) => {
      await DBOS.runStep(async () => void effects.push(String(id)), { name: 'effect' });
      return 'done';
    });
    await durable.launch();
  });
  afterAll(async () => {
    await durable.shutdown();
    await database.drop();
  });

  it('exists only if the transaction that wanted it commits', async () => {
    await expect(
      database.transactions.run(async (tx) => {
        await durable.enqueue(tx, { workflow: 'fulfil-request', id: 'request:a', args: ['a'] });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await DBOS.getWorkflowStatus('request:a')).toBeNull();
  });

  it('runs once however often it is enqueued', async () => {
    for (const _ of [1, 2]) {
      await database.transactions.run((tx) =>
        durable.enqueue(tx, { workflow: 'fulfil-request', id: 'request:b', args: ['b'] }),
      );
    }
    expect(await DBOS.getResult('request:b', { timeoutSeconds: 20, pollingIntervalMs: 50 })).toBe('done');
    expect(effects).toEqual(['b']);
  });

  it('takes another id while a living process holds the preferred one', async () => {
    const { ExecutorPresence } = await import('../../src/platform/durable/executor-presence.js');
    const second = await ExecutorPresence.take(database.url, 'test', durableLogger(Logger.silent()));
    expect(second.executorId).toBe('test-2');
    await second.release();
  });
});
