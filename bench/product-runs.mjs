// The product's engine with steps that do nothing: what its own book-keeping costs.
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { Audit } from '../dist/src/audit/index.js';
import { Expressions } from '../dist/src/catalog/index.js';
import { Metrics } from '../dist/src/observability/index.js';
import { ExecuteRunWorkflow } from '../dist/src/orchestrator/execute-run.workflow.js';
import {
  CancelWatch,
  Compensation,
  OutputTalk,
  RunJournal,
  StepEngine,
  VerbRunner,
} from '../dist/src/orchestrator/execution/index.js';
import { ActionRegistry, defineAction } from '../dist/src/orchestrator/index.js';
import { RunStore, Runs } from '../dist/src/orchestrator/runs/index.js';
import { Changes, Notices } from '../dist/src/platform/changes/index.js';
import { createDataSource, migrate, Transactions } from '../dist/src/platform/database/index.js';
import { Durable, durableLogger } from '../dist/src/platform/durable/index.js';
import { Logger } from '../dist/src/platform/logging/index.js';
import { Redactor } from '../dist/src/secrets/index.js';
import { RandomIds } from '../dist/src/shared/index.js';

const { DATABASE_URL, BENCH_RUNS, BENCH_STEPS } = process.env;
const [count, steps] = [Number(BENCH_RUNS), Number(BENCH_STEPS)];
const nothing = defineAction({
  id: 'bench:nothing',
  title: 'Nothing',
  input: z.strictObject({}),
  output: z.object({}),
  state: z.object({}),
  examples: [],
  plan: async () => ({ kind: 'none', summary: '' }),
  apply: async () => ({ state: {}, output: {} }),
  read: async () => ({ exists: true, detail: '' }),
  destroy: async () => undefined,
});
const dataSource = await createDataSource({ url: DATABASE_URL, poolSize: 20 });
await dataSource.initialize();
await migrate(dataSource);
const transactions = new Transactions(dataSource);
const [changes, ids, redactor, logger] = [new Changes(), new RandomIds(), new Redactor(), Logger.silent()];
const expressions = new Expressions();
const store = new RunStore(transactions);
const registry = new ActionRegistry([nothing]);
const talk = new OutputTalk(store, new Notices((value) => redactor.value(value)));
const audit = new Audit(transactions, changes, ids, redactor);
const journal = new RunJournal(transactions, store, talk, changes, audit, logger);
const verbs = new VerbRunner(journal, new CancelWatch(store), {}, redactor, new Metrics());
const engine = new StepEngine(
  store,
  registry,
  expressions,
  journal,
  verbs,
  { rest: (_id, work) => work() },
  redactor,
  logger,
);
const compensation = new Compensation(store, registry, journal, verbs, redactor, logger);
const durable = new Durable({
  databaseUrl: DATABASE_URL,
  executorId: 'bench',
  logger: durableLogger(logger),
  poolSize: 20,
  drainMilliseconds: 5000,
});
new ExecuteRunWorkflow(durable, engine, compensation).onModuleInit();
await durable.launch();

const runs = new Runs(store, expressions, ids);
const template = (n) => ({
  name: `s${n}`,
  title: `Step ${n}`,
  action: 'bench:nothing',
  with: {},
  timeoutSeconds: 10,
  retry: { attempts: 1, backoffSeconds: 1 },
});
const begun = performance.now();
for (let n = 0; n < count; n += 1) {
  await transactions.run(async (tx) => {
    const id = await runs.create(tx, {
      subject: { kind: 'request', id: `req-bench${n}` },
      kind: 'apply',
      steps: Array.from({ length: steps }, (_, s) => template(s)),
      scope: {},
      traceId: 'trc-bench',
    });
    await durable.enqueue(tx, { workflow: 'execute-run', id: `run:${id}`, args: [id], queue: 'runs' });
  });
}
for (;;) {
  const [row] = await transactions.query(
    `select count(*)::int as left from runs where state not in ('succeeded', 'failed')`,
  );
  if (row.left === 0) break;
  await new Promise((wake) => setTimeout(wake, 20));
}
console.log(JSON.stringify({ runs: count, steps, perSecond: count / ((performance.now() - begun) / 1000) }));
await durable.shutdown();
await dataSource.destroy();
