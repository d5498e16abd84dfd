// The same three actions (role, database, login) four ways in turn, each time on a database of its own: called bare, by the
// product's steps, by a bare DBOS workflow, by the product's run.
import { performance } from 'node:perf_hooks';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { postgresActions } from '../dist/src/orchestrator/actions/postgres/postgres.actions.js';
import { PostgresTarget } from '../dist/src/orchestrator/actions/postgres/target.js';
import { openEngine, stepOf } from './engine.mjs';
import { percentiles } from './load.mjs';

const { DATABASE_URL, TARGET_URL, BENCH_ROUNDS } = process.env;
const WARM_UPS = 3;
const actions = postgresActions(new PostgresTarget(TARGET_URL), {});
const action = (id) => actions.find((one) => one.id === id);
const scope = {
  resource: { id: 'res-bench' },
  request: { id: 'req-bench', team: 'payments', environment: 'development' },
};
const labels = { resourceId: 'res-bench', team: 'payments', environment: 'development', requestId: 'req-bench' };
const context = (key) => ({
  idempotencyKey: key,
  signal: new AbortController().signal,
  attempt: 1,
  labels,
  secrets,
  report: () => undefined,
});
const settled = new Map();
const { transactions, secrets, engine, durable, runs, close } = await openEngine(DATABASE_URL, actions, clocked);

async function call(id, input, key) {
  const intended = await action(id).intend(input, context(key));
  return (await action(id).apply(input, { ...context(key), intended })).output;
}

/** As a script would: one after the other, the output of one in the input of the next. */
async function make(name, step = (_title, work) => work()) {
  const role = await step('role', () => call('postgres:role', { name, connectionLimit: 5 }, `${name}:role`));
  const wish = { name, owner: name, extensions: [], connectionLimit: 5 };
  const made = await step('database', () => call('postgres:database', wish, `${name}:database`));
  const login = { database: made.database, secretRef: role.secretRef };
  await step('check', () => call('postgres:connection-check', login, `${name}:check`));
}

async function failure(id) {
  const rows = await transactions.query('select failure from step_runs where run_id = $1 and failure is not null', [
    id,
  ]);
  return JSON.stringify(rows);
}

function createRun(tx, name) {
  return runs.create(tx, {
    subject: { kind: 'request', id: `req-${name}` },
    kind: 'apply',
    steps: [
      stepOf('role', 'postgres:role', { name, connectionLimit: 5 }),
      stepOf('database', 'postgres:database', { name, owner: name, extensions: [], connectionLimit: 5 }),
      stepOf('check', 'postgres:connection-check', {
        database: '${{ steps.database.output.database }}',
        secretRef: '${{ steps.role.output.secretRef }}',
      }),
    ],
    scope,
    traceId: 'trc-bench',
  });
}

const ways = {
  bare: (name) => make(name),
  steps: async (name) => {
    const id = await transactions.run((tx) => createRun(tx, name));
    await engine.start(id);
    for (const position of [0, 1, 2]) {
      const outcome = await engine.attempt(id, position);
      if (outcome !== 'done') throw new Error(`Step ${position} ended as ${outcome}: ${await failure(id)}`);
    }
  },
  // Both are timed from within their workflow: how often a queue is looked at is no difference between them.
  workflow: (name) =>
    timed(name, (tx) => durable.enqueue(tx, { workflow: 'bare', id: `bare:${name}`, args: [name], queue: 'runs' })),
  run: (name) =>
    timed(name, async (tx) => {
      const id = await createRun(tx, name);
      settled.set(id, settled.get(name));
      await durable.enqueue(tx, { workflow: 'execute-run', id: `run:${id}`, args: [id], queue: 'runs' });
    }),
};

async function timed(name, enqueue) {
  const end = new Promise((resolve) => settled.set(name, resolve));
  await transactions.run(enqueue);
  const { milliseconds, outcome } = await end;
  if (outcome !== 'succeeded') throw new Error(`${name} ended as ${outcome}.`);
  return milliseconds;
}

async function clocked(name, work) {
  const begun = performance.now();
  const outcome = await work().catch((error) => String(error));
  settled.get(name)?.({ milliseconds: performance.now() - begun, outcome });
  return outcome;
}

durable.define('bare', (name) =>
  clocked(name, async () => {
    await make(name, (title, work) => DBOS.runStep(work, { name: title }));
    return 'succeeded';
  }),
);
await durable.launch();

const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
for (let round = 0; round < WARM_UPS + Number(BENCH_ROUNDS); round += 1) {
  for (const [way, work] of Object.entries(ways)) {
    const begun = performance.now();
    const within = await work(`${way}_${round}_${process.pid}`);
    if (round >= WARM_UPS) times[way].push(within ?? performance.now() - begun);
  }
}
const figures = Object.fromEntries(Object.entries(times).map(([way, list]) => [way, percentiles(list)]));
console.log(JSON.stringify(figures));
await close();
