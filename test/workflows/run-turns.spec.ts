import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { Catalog } from '../../src/catalog/index.js';
import { ENV } from '../../src/config/index.js';
import { RunTurns } from '../../src/orchestrator/turns/index.js';
import { Transactions } from '../../src/platform/database/index.js';
import { QuotaBook, RUNS_UNIT } from '../../src/quotas/index.js';
import { type RequestRecord, Requests, SubmitRequest } from '../../src/requests/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(120_000);

describe('runs at the same time', () => {
  let core: Core;
  let limit: number;
  beforeAll(async () => {
    core = await Core.start();
    const book = core.get(QuotaBook);
    const others = book.limit.bind(book);
    book.limit = (teamId, environment, unit) => (unit === RUNS_UNIT ? limit : others(teamId, environment, unit));
  });
  afterAll(() => core.stop());
  beforeEach(async () => core.get(Transactions).query('delete from quota_leases'));

  const send = async (
    parameters: { failAtEnd?: boolean; name?: string } = {},
    who = 'ada',
    teamId = 'payments',
  ): Promise<RequestRecord> =>
    core.get(SubmitRequest).submit({
      person: await core.person(who),
      itemName: 'demo-service',
      teamId,
      environment: 'development',
      parameters: { name: 'hello', ticks: 1, flakiness: 0, ...parameters },
      reason: 'a test',
      leaseHours: 1,
      idempotencyKey: randomBytes(6).toString('hex'),
      traceId: 'trc-test',
      originChannelId: null,
    });
  const overlapping = (runs: (string | null)[]) =>
    core.get(Transactions).query(
      `select 1 from runs as a join runs as b on a.id < b.id and a.started_at < b.ended_at and b.started_at < a.ended_at
       where a.id = any($1) and b.id = any($1)`,
      [runs],
    );
  const settled = ({ id }: RequestRecord): Promise<RequestRecord> =>
    core.until(
      () => core.get(Requests).get(id),
      (request) => request.settledAt !== null,
      2400,
    );

  it('are never more than the limit: the others wait, and each has its turn, also after one that failed', async () => {
    limit = 1;
    const sent = await Promise.all([send(), send({ failAtEnd: true }), send(), send()]);
    const ended = await Promise.all(sent.map(settled));
    expect(ended.map(({ state }) => state).sort()).toEqual(['failed', 'ready', 'ready', 'ready']);
    const runs = ended.map(({ runId }) => runId);
    expect(await overlapping(runs)).toEqual([]);
    const leases = await core
      .get(Transactions)
      .query('select state, amount::int as amount from quota_leases where holder_id = any($1)', [runs]);
    expect(leases).toEqual(runs.map(() => ({ state: 'returned', amount: 1 })));
  });

  it('with a limit of none fail visibly instead of waiting for ever', async () => {
    limit = 0;
    const { state, failure } = await settled(await send());
    expect(state).toBe('failed');
    expect(failure?.what).toContain('runs at the same time: 0 of 0 used');
  });

  it('take turns by team: a batch of one does not hold up the one of another', async () => {
    limit = 5;
    const env = core.get<{ runsAtOnce: number }>(ENV as never);
    const before = env.runsAtOnce;
    env.runsAtOnce = 1;
    try {
      const batch = await Promise.all(Array.from({ length: 6 }, () => send()));
      const one = await send({}, 'sam', 'security');
      await Promise.all([...batch, one].map(settled));
      const order = await core
        .get(Transactions)
        .query<{ team_id: string }>('select team_id from run_turns where request_id = any($1) order by granted_at', [
          [...batch, one].map(({ id }) => id),
        ]);
      // One was at work, and one more of the team came first, when it asked.
      expect(order.findIndex(({ team_id }) => team_id === 'security')).toBeLessThanOrEqual(2);
    } finally {
      env.runsAtOnce = before;
    }
  });

  it('never work on one target together when the item says so', async () => {
    limit = 10;
    const catalog = core.get(Catalog);
    const find = catalog.findVersion.bind(catalog);
    const only = { concurrency: { limit: 1, target: 'server ${{ params.name }}' } };
    const spy = jest.spyOn(catalog, 'findVersion').mockImplementation(async (name, digest) => {
      const item = await find(name, digest);
      return item === null ? null : { ...item, ...only };
    });
    const sent = await Promise.all([send(), send(), send(), send({ name: 'other' })]);
    const ended = await Promise.all(sent.map(settled));
    spy.mockRestore();
    expect(ended.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready', 'ready']);
    const runs = ended.slice(0, 3).map(({ runId }) => runId);
    expect(await overlapping(runs)).toEqual([]);
  });

  it('rest while they wait, and are given back by the sweep when that was forgotten', async () => {
    limit = 1;
    const done = await settled(await send());
    const turns = core.get(RunTurns);
    await core.get(Transactions).query(`update run_turns set state = 'at-work' where run_id = $1`, [done.runId]);
    let inside: boolean | null = null;
    const seen = await turns.rest(done.runId!, async () => {
      const [row] = await core
        .get(Transactions)
        .query<{ state: string }>('select state from run_turns where run_id = $1', [done.runId]);
      inside = await turns.isAtWork(done.runId!);
      return row?.state;
    });
    expect([seen, inside]).toEqual(['resting', true]);
    await turns.sweep();
    expect(await turns.isAtWork(done.runId!)).toBe(false);
  });
});
