import { performance } from 'node:perf_hooks';
import { send } from './provisioning.mjs';

const RUNS = 200;
const AT_ONCE = 8;
const ADA = 'U0ADA0001';

/**
 * Two replicas with a queue of 200 runs, each of which makes a role and a database on a real server: how long until all are done,
 * how many each replica did, and that none was lost or done twice.
 */
export async function measureReplicas(stage) {
  const database = await stage.freshDatabase();
  const start = (name) => stage.startBot(database, { EXECUTOR_ID: name, RUNS_AT_ONCE: String(AT_ONCE) });
  const bots = [await start('replica-a'), await start('replica-b')];
  const prefix = `r${process.pid}x`;
  try {
    const drafts = Array.from({ length: RUNS }, (_, n) => `drf-rep${String(n).padStart(5, '0')}`);
    await stage.sql(
      database.name,
      `insert into request_drafts (id, person_id, item_name, team_id, environment, parameters, reason, lease_hours)
       select id, $2, 'postgres-database', 'payments', 'development',
         jsonb_build_object('name', $3::text || place, 'size', 'small', 'extensions', '[]'::jsonb), 'bench', 24
       from unnest($1::text[]) with ordinality as t(id, place)`,
      [drafts, ADA, prefix],
    );
    for (const [n, draft] of drafts.entries()) await send(stage, bots[n % 2], draft, `${n}look`);
    const begun = performance.now();
    const lane = async (from) => {
      for (let n = from; n < RUNS; n += 4) await send(stage, bots[n % 2], drafts[n], `${n}send`);
    };
    await Promise.all([0, 1, 2, 3].map(lane));
    const sentMs = performance.now() - begun;
    const [queued] = await stage.sql(
      database.name,
      "select count(*)::int as waiting from run_turns where state = 'waiting'",
    );
    await allReady(stage, database.name);
    const seconds = (performance.now() - begun) / 1000;
    const found = await whatWasDone(stage, database.name, prefix);
    return {
      ...{ runs: RUNS, atOnce: AT_ONCE, seconds, sentMs, queuedAfterSending: queued.waiting, ...found },
      table: [
        `${RUNS} runs, ${AT_ONCE} at once    ${seconds.toFixed(1)} s   ${(RUNS / seconds).toFixed(1)}/s   ${queued.waiting} waited in line when the last was sent (after ${(sentMs / 1000).toFixed(1)} s)`,
        `lost ${found.lost}, doubled ${found.doubled}   ${found.databases} databases, ${found.roles} roles, ${found.steps} steps in ${found.attempts} attempts; by replica: ${found.byReplica.join(' and ')} workflows`,
      ],
    };
  } finally {
    for (const { child } of bots) await stage.stop(child);
  }
}

async function allReady(stage, database) {
  for (;;) {
    const rows = await stage.sql(database, 'select state, count(*)::int as count from requests group by state');
    const of = (state) => rows.find((row) => row.state === state)?.count ?? 0;
    if (of('ready') === RUNS) return;
    if (of('failed') > 0) throw new Error(`${of('failed')} requests failed.`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** Counted on the server where they were made, in the runs, and in the audit trail: each must say the same. */
async function whatWasDone(stage, database, prefix) {
  const [server] = await stage.sql(
    'postgres',
    `select (select count(*)::int from pg_database where datname like $1) as databases,
       (select count(*)::int from pg_roles where rolname like $1) as roles,
       (select count(*)::int from pg_database where datname like 'qm_making_%') as "halfMade"`,
    [`%${prefix}%`],
  );
  const [runs] = await stage.sql(
    database,
    `select count(*)::int as steps, sum(attempts)::int as attempts, count(distinct run_id)::int as runs from step_runs`,
  );
  const [told] = await stage.sql(
    database,
    `select count(*) filter (where type = 'step.succeeded')::int as succeeded, count(*) filter (where type = 'request.ready')::int as ready
     from audit_events`,
  );
  const replicas = await stage.sql(
    database,
    `select executor_id as id, count(*)::int as count from dbos.workflow_status where name = 'execute-run' group by 1 order by 1`,
  );
  const lost = RUNS - Math.min(server.databases, server.roles, runs.runs);
  const doubled =
    Math.max(server.databases, server.roles, runs.runs) - RUNS + server.halfMade + (told.succeeded - runs.steps);
  return { ...server, ...runs, ...told, lost, doubled, byReplica: replicas.map(({ id, count }) => `${id} ${count}`) };
}
