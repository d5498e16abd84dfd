import { Audit } from '../../src/audit/index.js';
import { Budgets, CostDays, Holdings, NoSuchMonth, Showbacks } from '../../src/quotas/index.js';
import { QuotaWorld } from '../builders/quota-world.js';

const FILE = `
version: 1.0.0
units: [{ id: databases, title: databases, limit: 100 }]
budgets:
  - { team: payments, monthly: 100, warnPercent: 50, blockPercent: 100 }
anomalies: { factor: 4, floor: 5, historyDays: 28, leastDays: 7 }
`;
let world: QuotaWorld;
beforeAll(async () => {
  world = await QuotaWorld.open({ quotas: FILE }, 3);
});
afterAll(() => world.close());
afterEach(() =>
  world.query('truncate cost_commitments, cost_days, cost_days_recorded, cost_anomalies, budget_states, notices'),
);

interface Costing {
  id: string;
  hourly: number;
  once?: number;
  /** SQL moments. */
  from: string;
  until?: string;
  team?: string;
  environment?: string;
  item?: string;
  owner?: string;
}

/** Something that has cost money since then, and goes on unless it ended. */
async function costing({ id, hourly, once = 0, from, until, ...more }: Costing): Promise<void> {
  const { team = 'payments', environment = 'development', item = 'postgres-database', owner = 'U0ADA' } = more;
  await world.query(
    `insert into cost_commitments (resource_id, team_id, environment, item_name, owner_id, title, currency, hourly, once, lease_hours,
       state, started_at, lease_ends_at, ended_at, created_at)
     values ($1, $2, $3, $4, $5, $1, 'EUR', $6, $7, 1000, $8, ${from}, now() + interval '900 days', ${until ?? 'null'}, ${from})`,
    [id, team, environment, item, owner, hourly, once, until === undefined ? 'running' : 'ended'],
  );
}

/** The beginning of a day of UTC, so many days ago. */
const daysAgo = (days: number, hours = 0): string =>
  `((date_trunc('day', now() at time zone 'UTC') - interval '${days} days' + interval '${hours} hours') at time zone 'UTC')`;
const recordOn = (replica: number) => world.replica(replica).get(CostDays).recordDue();
const recorded = async (): Promise<Record<string, number[]>> => {
  const rows = await world.query<{ resource_id: string; amount: string }>(
    'select resource_id, amount from cost_days order by resource_id, day',
  );
  const byId: Record<string, number[]> = {};
  for (const row of rows) (byId[row.resource_id] ??= []).push(Math.round(Number(row.amount) * 100) / 100);
  return byId;
};

describe('daily cost records', () => {
  it('hold what each resource cost on each day that is over, once, on whichever replicas the tick runs', async () => {
    await costing({ id: 'res-old', hourly: 1, once: 7, from: daysAgo(4, 12) });
    await costing({ id: 'res-brief', hourly: 2, from: daysAgo(3, 6), until: daysAgo(3, 9) });
    await costing({ id: 'res-today', hourly: 5, from: daysAgo(0) });
    const days = (await Promise.all([0, 1, 2, 0].map(recordOn))).flat();
    expect(days).toHaveLength(4);
    expect(new Set(days).size).toBe(4);
    expect(await recorded()).toEqual({ 'res-old': [19, 24, 24, 24], 'res-brief': [6] });
    expect(await recordOn(1)).toEqual([]);
  });

  it('catch up on days on which nothing ran', async () => {
    await costing({ id: 'res-a', hourly: 1, from: daysAgo(2) });
    await recordOn(0);
    await world.query(`delete from cost_days_recorded where day = (now() at time zone 'UTC')::date - 1`);
    await world.query(`delete from cost_days where day = (now() at time zone 'UTC')::date - 1`);
    expect(await recordOn(0)).toHaveLength(1);
    expect(await recorded()).toEqual({ 'res-a': [24, 24] });
  });
});

describe('a day that costs far more than its own history', () => {
  const told = () =>
    world.query<{ recipient: { personId: string }; data: { text: string } }>(
      'select recipient, data from notices order by id',
    );

  it('is told once to the owner of what rose most, and not again while it goes on', async () => {
    await costing({ id: 'res-steady', hourly: 0.5, from: daysAgo(20) });
    await costing({ id: 'res-new', hourly: 4, from: daysAgo(3), owner: 'U0BEN' });
    await costing({ id: 'res-small', hourly: 0.1, from: daysAgo(3), owner: 'U0LEA' });
    await Promise.all([0, 1, 2].map(recordOn));
    const notices = await told();
    expect(notices).toHaveLength(1);
    expect(notices[0]?.recipient.personId).toBe('U0BEN');
    expect(notices[0]?.data.text).toMatch(
      /postgres-database of payments in development cost 110\.40 € on .*Usual are 12\.00 € a day; more than 18\.00 € is remarkable.*res-new/,
    );
    const trail = await world.get(Audit).trail({ kind: 'resource', id: 'res-new' });
    expect(trail.map(({ type }) => type)).toEqual(['cost.anomaly_found']);
    expect(await world.query('select 1 from cost_anomalies')).toHaveLength(3);
  });

  it('is not told of a small rise, of another series, or without history', async () => {
    await costing({ id: 'res-steady', hourly: 1, from: daysAgo(20) });
    await costing({ id: 'res-more', hourly: 0.2, from: daysAgo(3) });
    await costing({ id: 'res-other', hourly: 9, from: daysAgo(3), environment: 'staging' });
    await recordOn(0);
    expect(await told()).toEqual([]);
  });

  it('counts the days without any cost as part of the history', async () => {
    await costing({ id: 'res-long-ago', hourly: 1, from: daysAgo(25), until: daysAgo(24) });
    await costing({ id: 'res-now', hourly: 1, from: daysAgo(1) });
    await recordOn(0);
    expect((await told())[0]?.data.text).toContain('Usual are 0.00 € a day; more than 5.00 € is remarkable');
  });
});

describe('showback', () => {
  const monthStart = `(date_trunc('month', now() at time zone 'UTC') at time zone 'UTC')`;

  it('adds up a month by team, item and environment: until now, and until it is over', async () => {
    const past = `timestamptz '2025-02-01 00:00Z'`;
    await costing({
      id: 'res-a',
      hourly: 1,
      once: 3,
      from: `timestamptz '2025-02-27 00:00Z'`,
      until: `timestamptz '2025-03-02 00:00Z'`,
    });
    await costing({
      id: 'res-b',
      hourly: 2,
      from: past,
      until: `timestamptz '2025-02-01 10:00Z'`,
      environment: 'production',
    });
    await costing({ id: 'res-c', hourly: 2, from: past, until: `timestamptz '2025-02-01 10:00Z'`, team: 'security' });
    const { rows, isOver, month } = await world.get(Showbacks).month(['payments'], '2025-02');
    expect({ isOver, month }).toEqual({ isOver: true, month: '2025-02' });
    expect(rows).toEqual([
      {
        teamId: 'payments',
        itemName: 'postgres-database',
        environment: 'development',
        currency: 'EUR',
        resources: 1,
        spent: 51,
        expected: 51,
      },
      {
        teamId: 'payments',
        itemName: 'postgres-database',
        environment: 'production',
        currency: 'EUR',
        resources: 1,
        spent: 20,
        expected: 20,
      },
    ]);
    expect((await world.get(Showbacks).month(['payments'], '2025-03')).rows).toMatchObject([
      { spent: 24, expected: 24 },
    ]);
    expect((await world.get(Showbacks).month(['payments', 'security'], '2025-04')).rows).toEqual([]);
  });

  it('expects of this month what it will cost if nothing changes, which is what budgets go by', async () => {
    await costing({ id: 'res-a', hourly: 0.1, once: 2, from: monthStart });
    const [row] = await world.query<{ hours: string; past: string }>(
      `select extract(epoch from (${monthStart} at time zone 'UTC' + interval '1 month') at time zone 'UTC' - ${monthStart}) / 3600 as hours,
         extract(epoch from now() - ${monthStart}) / 3600 as past`,
    );
    const { rows, isOver } = await world.get(Showbacks).month(['payments']);
    expect(isOver).toBe(false);
    expect(rows[0]?.expected).toBeCloseTo(2 + 0.1 * Number(row?.hours), 3);
    expect(rows[0]?.spent).toBeCloseTo(2 + 0.1 * Number(row?.past), 2);
    const standing = await world.get(Budgets).standing('payments');
    expect(standing?.committed).toBeCloseTo(rows[0]?.expected ?? 0, 3);
    expect(standing?.state).toBe('warn');
    expect(await world.get(Budgets).standing('security')).toBeNull();
  });

  it.each(['2025-13', '1999-01', 'november'])('knows no month %s', async (month) => {
    await expect(world.get(Showbacks).month(['payments'], month)).rejects.toThrow(NoSuchMonth);
  });

  it('notes each worsening of a budget once a month, on whichever replica', async () => {
    await costing({ id: 'res-a', hourly: 0, once: 60, from: monthStart });
    const note = (n: number) => {
      const { transactions, get } = world.replica(n);
      return transactions.run(async (tx) => {
        const verdict = await get(Budgets).standing('payments');
        return verdict !== null && get(Budgets).worsened(tx, 'payments', verdict);
      });
    };
    expect((await Promise.all([0, 1, 2].map(note))).filter(Boolean)).toHaveLength(1);
    await costing({ id: 'res-b', hourly: 0, once: 50, from: monthStart });
    expect((await Promise.all([0, 1, 2].map(note))).filter(Boolean)).toHaveLength(1);
    await world.query(`delete from cost_commitments`);
    expect(await note(0)).toBe(false);
  });

  it('follows a resource from its start to its end', async () => {
    const holdings = world.get(Holdings);
    const cost = {
      currency: 'EUR',
      hourly: 1,
      monthly: 730,
      once: 0,
      untilEnd: 10,
      lines: [{ price: 'p', title: 'P', quantity: 1, hourly: 1, once: 0 }],
      missing: [],
    };
    const place = {
      teamId: 'security',
      environment: 'development',
      itemName: 'x',
      ownerId: 'U0SAM',
      title: 'x',
      leaseHours: 10,
    };
    const { transactions } = world.replica(0);
    await transactions.run((tx) => holdings.reserve(tx, { ...place, resourceId: 'res-x', cost, wants: {} }));
    const state = async () => (await world.query<{ state: string }>('select state from cost_commitments'))[0]?.state;
    expect(await state()).toBe('planned');
    for (let n = 0; n < 2; n += 1)
      await transactions.run((tx) => holdings.started(tx, 'res-x', new Date(Date.now() + 36e6)));
    expect(await state()).toBe('running');
    await transactions.run((tx) => holdings.extended(tx, 'res-x', new Date(Date.now() + 72e6)));
    for (let n = 0; n < 2; n += 1) await transactions.run((tx) => holdings.over(tx, 'res-x', 'a test'));
    expect(await state()).toBe('ended');
    await transactions.run((tx) => holdings.started(tx, 'res-x', null));
    expect(await state()).toBe('ended');
  });
});
