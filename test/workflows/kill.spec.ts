import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

const WORKER = join(import.meta.dirname, 'kill-worker.mjs');

/** Runs the worker to its end; answers what it printed and the signal that ended it. */
async function work(
  env: Record<string, string>,
): Promise<{ said: string; signal: string | null; code: number | null }> {
  const child = spawn(process.execPath, [WORKER], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { said, signal, code };
}

describe.each([
  { kind: 'working', ends: 'succeeded', expected: { made: 3, undone: 0 } },
  { kind: 'failing', ends: 'failed', expected: { made: 2, undone: 2 } },
])('a $kind run, killed at every point where something became lasting', ({ kind, ends, expected }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.transactions.query('create table ledger (key text not null, what text not null)');
  });
  afterAll(() => database.drop());

  it('goes on with the next step and repeats no effect, under its own name or taken over by another replica', async () => {
    const env = { DATABASE_URL: database.url, LEDGER_URL: database.url };
    const points: string[] = [];
    for (let at = 1; ; at += 1) {
      await database.transactions.query('truncate ledger');
      const first = await work({ ...env, EXECUTOR_ID: 'first', RUN_KIND: kind, KILL_AT: String(at) });
      const runId = /run (run-\S+)/.exec(first.said)?.[1] ?? '';
      if (first.signal === 'SIGKILL') {
        points.push(/killed at \d+: (.*)/.exec(first.said)?.[1] ?? '?');
        const second = await work({ ...env, EXECUTOR_ID: at % 2 === 0 ? 'first' : 'second' });
        expect(second).toMatchObject({ code: 0 });
      } else {
        expect(first).toMatchObject({ code: 0 });
      }
      const effects = await database.transactions.query<{ key: string; what: string; times: string }>(
        'select key, what, count(*) as times from ledger group by key, what',
      );
      expect({ at, twice: effects.filter((effect) => effect.times !== '1') }).toEqual({ at, twice: [] });
      const count = (what: string): number => effects.filter((effect) => effect.what === what).length;
      expect({ at, made: count('made'), undone: count('undone') }).toEqual({ at, ...expected });
      const [run] = await database.transactions.query<{ state: string }>('select state from runs where id = $1', [
        runId,
      ]);
      expect({ at, state: run?.state }).toEqual({ at, state: ends });
      if (first.signal === null) break;
    }
    // It would prove nothing if nobody had been killed: commits and both sides of each effect are among the points.
    expect(points.length).toBeGreaterThan(12);
    expect(points.filter((point) => point.startsWith('before made')).length).toBe(expected.made);
  }, 600_000);
});
