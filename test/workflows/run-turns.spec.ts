import { randomBytes } from 'node:crypto';
import { Transactions } from '../../src/platform/database/index.js';
import { QuotaBook, RUNS_UNIT } from '../../src/quotas/index.js';
import { type RequestRecord, Requests, SubmitRequest } from '../../src/requests/index.js';
import { Core } from '../builders/core.js';

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

  const send = async (parameters: { failAtEnd?: boolean } = {}): Promise<RequestRecord> =>
    core.get(SubmitRequest).submit({
      person: await core.person('ada'),
      itemName: 'demo-service',
      teamId: 'payments',
      environment: 'development',
      parameters: { name: 'hello', ticks: 1, flakiness: 0, ...parameters },
      reason: 'a test',
      leaseHours: 1,
      idempotencyKey: randomBytes(6).toString('hex'),
      traceId: 'trc-test',
      originChannelId: null,
    });
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
    const overlapping = await core.get(Transactions).query(
      `select 1 from runs as a join runs as b on a.id < b.id and a.started_at < b.ended_at and b.started_at < a.ended_at
       where a.id = any($1) and b.id = any($1)`,
      [runs],
    );
    expect(overlapping).toEqual([]);
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
});
