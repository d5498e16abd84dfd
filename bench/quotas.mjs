import { performance } from 'node:perf_hooks';
import pg from 'pg';

const TAKES = 2_000;
const CONCURRENCY = 16;
const TEAMS = 50;
const HISTORY = 200_000;

/** Quota takes a second, each in a transaction of its own, from two pools as two replicas have; beside the bare SQL. */
export async function measureQuotas(stage) {
  const { url } = await stage.freshDatabase();
  const { createDataSource, migrate, Transactions } = await import('../dist/src/platform/database/index.js');
  const { QuotaExceeded, Quotas } = await import('../dist/src/quotas/index.js');
  const { LeaseStore } = await import('../dist/src/quotas/lease.store.js');
  const sources = await Promise.all([1, 2].map(() => createDataSource({ url, poolSize: CONCURRENCY / 2 })));
  for (const source of sources) await source.initialize();
  await migrate(sources[0]);
  const book = {
    limit: (teamId, _environment, unit) => (teamId === 'full' && unit === 'databases' ? 10 : 1_000_000),
    title: (unit) => unit,
  };
  const replicas = sources.map((source) => {
    const transactions = new Transactions(source);
    const quotas = new Quotas(transactions, new LeaseStore(transactions), book, null);
    return { transactions, quotas };
  });

  let serial = 0;
  const take = async (n, teamId) => {
    const { transactions, quotas } = replicas[n % replicas.length];
    const lease = {
      holderKind: 'resource',
      holderId: `res-${(serial += 1)}`,
      teamId,
      environment: 'production',
      title: 'x',
      ownerId: 'U0',
    };
    try {
      await transactions.run((tx) => quotas.take(tx, lease, { databases: 1, connections: 5 }));
      return true;
    } catch (error) {
      if (!(error instanceof QuotaExceeded)) throw error;
      return false;
    }
  };
  try {
    const oneTeam = await rate(TAKES, (n) => take(n, 'one'));
    const manyTeams = await rate(TAKES, (n) => take(n, `team-${n % TEAMS}`));
    const granted = await rate(1_000, (n) => take(n, 'full'));
    await grow(sources[0]);
    const withHistory = await rate(TAKES, (n) => take(n, `team-${n % TEAMS}`));
    const bare = await bareSql(url);
    const line = (name, { perSecond, p95 }) =>
      `${name.padEnd(44)} ${perSecond.toFixed(0).padStart(6)}/s   p95 ${p95.toFixed(1)} ms`;
    return {
      oneTeam,
      manyTeams,
      granted,
      withHistory,
      bare,
      table: [
        line('takes of two units by one team', oneTeam),
        line('bare SQL on the same two rows', bare.one),
        line(`takes of two units by ${TEAMS} teams`, manyTeams),
        line(`bare SQL on the rows of ${TEAMS} teams`, bare.many),
        line(`… with ${HISTORY} leases returned before`, withHistory),
        line(`1,000 for the last 10: ${granted.good} granted`, granted),
      ],
    };
  } finally {
    for (const source of sources) await source.destroy();
  }
}

/** `work(0..count-1)`, so many at a time, each as soon as the one before it on its lane is done. */
async function rate(count, work) {
  const latencies = [];
  let [next, good] = [0, 0];
  const begun = performance.now();
  const lane = async () => {
    for (let n = next++; n < count; n = next++) {
      const start = performance.now();
      if (await work(n)) good += 1;
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  latencies.sort((a, b) => a - b);
  const seconds = (performance.now() - begun) / 1000;
  return {
    count,
    good,
    perSecond: count / seconds,
    p50: latencies[count >> 1],
    p95: latencies[Math.floor(count * 0.95)],
  };
}

/** The yardstick: lock both counters, insert two leases, count, commit. */
async function bareSql(url) {
  const pool = new pg.Pool({ connectionString: url, max: CONCURRENCY });
  await pool.query(
    'create table bare_counters (team text, unit text, held numeric not null default 0, primary key (team, unit))',
  );
  await pool.query(
    'create table bare_leases (holder text, unit text, team text, amount numeric, primary key (holder, unit))',
  );
  await pool.query(
    `insert into bare_counters (team, unit) select 'team-' || n, unit from generate_series(0, ${TEAMS}) as n, unnest(array['connections', 'databases']) as unit`,
  );
  let serial = 0;
  const take = async (team) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('select held from bare_counters where team = $1 order by unit for update', [team]);
      const holder = `res-${(serial += 1)}`;
      await client.query(
        `insert into bare_leases select $1, unit, $2, amount from (values ('connections', 5), ('databases', 1)) as wanted (unit, amount)`,
        [holder, team],
      );
      await client.query(
        `update bare_counters set held = held + case unit when 'databases' then 1 else 5 end where team = $1`,
        [team],
      );
      await client.query('commit');
      return true;
    } finally {
      client.release();
    }
  };
  const one = await rate(TAKES, () => take('team-0'));
  const many = await rate(TAKES, (n) => take(`team-${n % TEAMS}`));
  await pool.end();
  return { one, many };
}

async function grow(source) {
  await source.query(
    `insert into quota_leases (holder_id, unit, holder_kind, team_id, environment, amount, state, title, owner_id, returned_at)
     select 'old-' || n, 'databases', 'resource', 'team-' || n % ${TEAMS}, 'production', 1, 'returned', 'x', 'U0', now() from generate_series(1, ${HISTORY}) as n`,
  );
  await source.query('analyze quota_leases');
}
