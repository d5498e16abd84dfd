import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatProblem } from '../../src/platform/documents/index.js';
import { BudgetExceeded, Governance, QuotaExceeded } from '../../src/quotas/index.js';
import {
  BudgetWatch,
  InvalidParameters,
  isQueueable,
  PreviewRequest,
  RequestControl,
  RequestProgress,
  type RequestRecord,
  RequestRefused,
  type Submission,
  SubmitRequest,
} from '../../src/requests/index.js';
import { HoldingSweep, Resources } from '../../src/resources/index.js';
import { idOf, RequestWorld, unique } from '../builders/request-world.js';

const QUOTAS = `
version: 1.0.0
units:
  - { id: databases, title: databases, limit: 3 }
  - { id: connections, title: connections, limit: 100 }
limits:
  - { team: security, limits: { databases: 50 } }
budgets:
  - { monthly: 1000 }
  - { team: security, monthly: 60, warnPercent: 50, blockPercent: 100 }
`;
const SECURITY = { who: 'sam', teamId: 'security' };

let world: RequestWorld;
let catalogDir: string;
beforeAll(async () => {
  world = await RequestWorld.open(async (dir) => {
    catalogDir = dir;
    await writeFile(join(dir, 'quotas.yaml'), QUOTAS);
  });
});
afterAll(() => world.close());
afterEach(() =>
  world.query(
    'truncate quota_leases, quota_counters, cost_commitments, budget_states, notices, resources, requests cascade',
  ),
);

async function wish(environment: string, change: Partial<Submission> & { who?: string } = {}): Promise<Submission> {
  const { who = 'ada', parameters, ...more } = change;
  return world.wish(who, environment, {
    itemName: 'postgres-database',
    parameters: { name: `db_${unique()}`, size: 'small', extensions: [], ...parameters },
    ...more,
  });
}

async function send(environment = 'development', change: Parameters<typeof wish>[1] = {}): Promise<RequestRecord> {
  return world.get(SubmitRequest).submit(await wish(environment, change));
}

async function held(): Promise<{ databases: number; costing: number }> {
  const [row] = await world.query<{ databases: string; costing: string }>(
    `select coalesce((select sum(held) from quota_counters where unit = 'databases'), 0) as databases,
       (select count(*) from cost_commitments where state <> 'ended') as costing`,
  );
  return { databases: Number(row?.databases), costing: Number(row?.costing) };
}

/** Something that cost this much this month and is gone. */
async function spend(amount: number): Promise<void> {
  await world.query(
    `insert into cost_commitments (resource_id, team_id, environment, item_name, owner_id, title, currency, hourly, once, lease_hours, state, started_at, ended_at)
     values ($1, 'security', 'development', 'other', 'U0SAM', 'other', 'EUR', 0, $2, 1, 'ended', now(), now())`,
    [unique(), amount],
  );
}

function activate({ resourceId }: RequestRecord): Promise<void> {
  const made = { outputs: {}, secretRef: null, runId: 'run-00000000' };
  return world.database.transactions.run((tx) => world.get(Resources).activate(tx, resourceId, made));
}

describe('a request takes quota and budget when it is sent, and each of its ends returns them', () => {
  const progress = () => world.get(RequestProgress);
  const failure = { step: null, what: 'It broke.', undone: 'All of it.', next: 'Try again.' };
  const destroyed = async (request: RequestRecord): Promise<void> => {
    await activate(request);
    const person = await world.person('ada');
    await world.get(Resources).requestDestroy({ resourceId: request.resourceId, person, why: 'a test' });
    await world.get(Resources).markDestroyed(request.resourceId);
  };
  it.each<[string, string, (request: RequestRecord) => Promise<unknown>]>([
    [
      'cancelled',
      'production',
      async ({ id }) => world.get(RequestControl).cancel({ id, person: await world.person('ada') }),
    ],
    ['denied', 'production', ({ id }) => progress().markDenied(id, { by: [], reason: 'no' })],
    ['expired', 'production', ({ id }) => progress().markExpired(id)],
    ['failed', 'development', ({ id }) => progress().markFailed(id, failure)],
    ['destroyed', 'development', destroyed],
  ])('%s', async (_end, environment, finish) => {
    const request = await send(environment);
    expect(await held()).toEqual({ databases: 1, costing: 1 });
    await finish(request);
    expect(await held()).toEqual({ databases: 0, costing: 0 });
    await Promise.allSettled([finish(request), finish(request)]);
    expect(await held()).toEqual({ databases: 0, costing: 0 });
  });

  it('but not when it could not be destroyed: it is still there', async () => {
    const request = await send();
    await activate(request);
    const person = await world.person('ada');
    await world.get(Resources).requestDestroy({ resourceId: request.resourceId, person, why: 'a test' });
    await world.get(Resources).markDestroyFailed(request.resourceId, 'The server is down.');
    expect(await held()).toEqual({ databases: 1, costing: 1 });
  });

  it('once, however often it is sent', async () => {
    const same = await wish('development');
    await Promise.all([1, 2, 3, 4].map(() => world.get(SubmitRequest).submit(same)));
    expect(await held()).toEqual({ databases: 1, costing: 1 });
  });
});

describe('a limit', () => {
  it('holds when many send at the same time, and who came too late keeps nothing', async () => {
    const sent = await Promise.allSettled(
      Array.from({ length: 25 }, (_, n) => send('development', { who: n % 2 === 0 ? 'ada' : 'ben' })),
    );
    const refused = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(sent.length - refused.length).toBe(3);
    for (const reason of refused) expect([QuotaExceeded.name, RequestRefused.name]).toContain((reason as Error).name);
    expect(await held()).toEqual({ databases: 3, costing: 3 });
    expect(await world.query('select 1 from requests')).toHaveLength(3);
  });

  it('refuses with the names of what is in the way, and shows the plan to queue for', async () => {
    for (const name of ['orders', 'billing', 'search'])
      await send('development', { parameters: { name, size: 'small' } });
    const { plan } = await world.get(PreviewRequest).preview(await wish('development', { who: 'ben' }));
    expect(plan.decision.outcome).toBe('deny');
    expect(plan.decision.reasons.at(-1)).toMatchObject({
      rule: 'quota:databases',
      message: expect.stringMatching(/Databases: 3 of 3 used, this takes 1\. Held by orders \(development\), billing/),
    });
    expect(plan.quota.find(({ unit }) => unit === 'databases')?.holders).toEqual([
      expect.objectContaining({ title: 'orders (development)', ownerId: idOf('ada') }),
      expect.anything(),
      expect.anything(),
    ]);
    expect(isQueueable(plan)).toBe(true);
    expect(plan.changes).not.toEqual([]);
    await expect(send()).rejects.toThrow(RequestRefused);
  });

  it('is no reason to wait for what the rules refuse anyway, and tells such a person no names', async () => {
    for (const name of ['orders', 'billing', 'search'])
      await send('development', { parameters: { name, size: 'small' } });
    const { plan } = await world.get(PreviewRequest).preview(await wish('development', { who: 'sam' }));
    expect(isQueueable(plan)).toBe(false);
    expect(plan.changes).toEqual([]);
    expect(plan).toMatchObject({ quota: [], budget: null });
    expect(JSON.stringify(plan)).not.toContain('orders');
  });

  it('does not make another plan of a plan: what others take meanwhile voids nothing', async () => {
    const mine = await wish('development');
    const before = await world.get(PreviewRequest).preview(mine);
    await send();
    const after = await world.get(PreviewRequest).preview(mine);
    expect(after.plan.quota).not.toEqual(before.plan.quota);
    expect(after.plan.digest).toBe(before.plan.digest);
    const larger = await world.get(PreviewRequest).preview({ ...mine, leaseHours: mine.leaseHours + 1 });
    expect(larger.plan.digest).not.toBe(before.plan.digest);
  });
});

describe('a budget', () => {
  const big = {
    ...SECURITY,
    reason: 'The audit of the year needs it.',
    leaseHours: 2160,
    parameters: { size: 'large' },
  };

  it('is within, then warns, then refuses; cost counts only until the month is over', async () => {
    const judge = async (leaseHours: number) =>
      (await world.get(PreviewRequest).preview(await wish('development', { ...big, leaseHours }))).plan;
    expect((await judge(1)).budget).toMatchObject({
      state: 'within',
      budget: 60,
      warnAt: 30,
      blockAt: 60,
      committed: 0,
    });
    const [row] = await world.query<{ hours: string }>(
      `select extract(epoch from (date_trunc('month', now(), 'UTC') at time zone 'UTC' + interval '1 month') at time zone 'UTC' - now()) / 3600 as hours`,
    );
    const { cost, budget } = await judge(2160);
    expect(budget?.adds).toBeCloseTo(cost.hourly * Math.min(2160, Number(row?.hours)), 2);
    // Since the first of last month: committed for this month is what this month holds of it.
    await spend(45);
    expect((await judge(1)).budget).toMatchObject({ state: 'warn', committed: 45 });
    expect((await judge(1)).decision.outcome).not.toBe('deny');
    await spend(20);
    const over = await judge(1);
    expect(over.budget).toMatchObject({ state: 'over', committed: 65 });
    expect(over.decision.reasons.at(-1)).toMatchObject({ rule: 'budget', outcome: 'deny' });
    expect(isQueueable(over)).toBe(false);
    await expect(send('development', { ...big, leaseHours: 1 })).rejects.toThrow(
      /the budget of .* 65\.00 € of 60\.00 € are committed/,
    );
  });

  it('is not passed by many at the same time', async () => {
    await spend(59.9);
    const small = { ...SECURITY, leaseHours: 1, parameters: { size: 'small' } };
    const sent = await Promise.allSettled(Array.from({ length: 20 }, () => send('development', small)));
    const refused = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    for (const reason of refused) expect([BudgetExceeded.name, RequestRefused.name]).toContain((reason as Error).name);
    // At 0.017 € an hour five of them fit, and more only in the last hour of a month.
    expect(sent.length - refused.length).toBeGreaterThanOrEqual(5);
    const { plan } = await world.get(PreviewRequest).preview(await wish('development', small));
    expect(plan.budget?.committed).toBeLessThanOrEqual(60);
  });
});

describe('a team', () => {
  it('is told in its channel, once a month for each, that its budget is nearly and that it is wholly spent', async () => {
    const told = async (): Promise<string[]> => {
      const rows = await world.query<{ key: string; recipient: { channel: string }; data: { text: string } }>(
        `select key, recipient, data from notices where key like 'budget-%' order by id`,
      );
      return rows.map(({ recipient, data }) => `#${recipient.channel}: ${data.text}`);
    };
    const watch = () => Promise.all([1, 2, 3].map(() => world.get(BudgetWatch).tick()));
    await watch();
    expect(await told()).toEqual([]);
    await spend(40);
    await watch();
    await watch();
    expect(await told()).toEqual([
      expect.stringMatching(/^#team-security: .*Security will have spent 40\.00 € of its 60\.00 € .* From 60\.00 € on/),
    ]);
    await spend(40);
    await watch();
    expect(await told()).toEqual([
      expect.anything(),
      expect.stringContaining('new requests that cost something are refused'),
    ]);
  });
});

describe('the sweep', () => {
  it('returns what a resource that is over still holds, and nothing of what lives', async () => {
    const [gone] = [await send(), await send()];
    await world.query(`update resources set state = 'destroyed' where id = $1`, [gone.resourceId]);
    await Promise.all([1, 2].map(() => world.get(HoldingSweep).tick()));
    expect(await held()).toEqual({ databases: 1, costing: 1 });
    expect(await world.trail({ kind: 'resource', id: gone.resourceId })).toEqual(['quota.leak_returned']);
  });
});

describe('what is large', () => {
  it('wants a reason', async () => {
    const large = { parameters: { name: 'orders', size: 'large' } };
    const asked: unknown = await send('development', { ...large, reason: 'because' }).catch((error: unknown) => error);
    expect(asked).toBeInstanceOf(InvalidParameters);
    expect((asked as InvalidParameters).errors).toEqual([
      {
        field: 'reason',
        message: expect.stringMatching(/write in a sentence what it is for, as it costs about \d+\.\d\d € a month/),
      },
    ]);
    await send('development', { ...large, reason: 'The checkout moves to it in December.' });
    await send('development', { reason: '' });
  });
});

describe('a missing price', () => {
  it('is said in the plan and refuses, and nothing of it is kept', async () => {
    const file = join(catalogDir, 'prices.yaml');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('id: postgres-connection', 'id: postgres-cable'));
    await world.get(Governance).reload();
    try {
      expect(world.get(Governance).problems().map(formatProblem).join()).toContain('no price “postgres-connection”');
      const { plan } = await world
        .get(PreviewRequest)
        .preview(await wish('development', { reason: 'The checkout needs it.' }));
      expect(plan.cost.missing).toEqual(['postgres-connection']);
      expect(plan.decision.reasons.at(-1)).toMatchObject({ rule: 'price-missing', outcome: 'deny' });
      await expect(send('development', { reason: 'The checkout needs it.' })).rejects.toThrow(RequestRefused);
      await expect(send('development', { reason: '' })).rejects.toThrow(/nobody can tell what it costs/);
      await writeFile(join(catalogDir, 'quotas.yaml'), `${QUOTAS}whenPriceIsMissing: allow\n`);
      await world.get(Governance).reload();
      await send('development', { reason: 'The checkout needs it.' });
    } finally {
      await writeFile(file, good);
      await writeFile(join(catalogDir, 'quotas.yaml'), QUOTAS);
      await world.get(Governance).reload();
    }
    expect(await held()).toEqual({ databases: 1, costing: 1 });
  });
});
