// A process that executes runs and kills itself, without a goodbye, at the n-th point where something became lasting:
// a commit of ours, or either side of an effect. Started again without KILL_AT it goes on where it died.
import pg from 'pg';
import { z } from 'zod';
import { Audit } from '../../dist/src/audit/index.js';
import { Expressions } from '../../dist/src/catalog/index.js';
import { Metrics } from '../../dist/src/observability/index.js';
import { ExecuteRunWorkflow } from '../../dist/src/orchestrator/execute-run.workflow.js';
import {
  CancelWatch,
  Compensation,
  OutputTalk,
  RunJournal,
  StepEngine,
  VerbRunner,
} from '../../dist/src/orchestrator/execution/index.js';
import { ActionFailed, ActionRegistry, defineAction } from '../../dist/src/orchestrator/index.js';
import { RunStore, Runs, StepTalkStore } from '../../dist/src/orchestrator/runs/index.js';
import { Changes, Notices } from '../../dist/src/platform/changes/index.js';
import { createDataSource, Transactions } from '../../dist/src/platform/database/index.js';
import { Durable, durableLogger } from '../../dist/src/platform/durable/index.js';
import { Logger } from '../../dist/src/platform/logging/index.js';
import { Redactor } from '../../dist/src/secrets/index.js';
import { RandomIds } from '../../dist/src/shared/index.js';

const { DATABASE_URL, LEDGER_URL, EXECUTOR_ID, KILL_AT, RUN_KIND } = process.env;
let point = 0;
const lasting = (what) => {
  point += 1;
  if (point === Number(KILL_AT ?? 0)) {
    process.stdout.write(`killed at ${point}: ${what}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
};

const ledger = new pg.Pool({ connectionString: LEDGER_URL, max: 4 });
const once = async (key, what) => {
  const { rowCount } = await ledger.query('select 1 from ledger where key = $1 and what = $2', [key, what]);
  if (rowCount > 0) return;
  lasting(`before ${what}`);
  await ledger.query('insert into ledger (key, what) values ($1, $2)', [key, what]);
  lasting(`after ${what}`);
};
const make = defineAction({
  id: 'ledger:make',
  title: 'Make',
  input: z.strictObject({ fails: z.boolean() }),
  output: z.object({ made: z.boolean() }),
  state: z.object({ key: z.string() }),
  examples: [],
  plan: async () => ({ kind: 'create', summary: 'makes' }),
  async apply({ fails }, { idempotencyKey: key }) {
    if (fails) throw new ActionFailed('It fails, as it was told to.', false);
    await once(key, 'made');
    return { state: { key }, output: { made: true } };
  },
  read: async () => ({ exists: true, detail: '' }),
  destroy: ({ key }) => once(key, 'undone'),
});

const dataSource = await createDataSource({ url: DATABASE_URL, poolSize: 6, migrations: [] });
await dataSource.initialize();
const transactions = new Transactions(dataSource);
const commit = transactions.run.bind(transactions);
transactions.run = async (work) => {
  const result = await commit(work);
  lasting('a commit');
  return result;
};
const [changes, ids, redactor, metrics, logger] = [
  new Changes(),
  new RandomIds(),
  new Redactor(),
  new Metrics(),
  Logger.silent(),
];
const store = new RunStore(transactions);
const said = new StepTalkStore(transactions);
const registry = new ActionRegistry([make]);
const talk = new OutputTalk(said, new Notices((value) => redactor.value(value)));
const audit = new Audit(transactions, changes, ids, redactor);
const journal = new RunJournal(transactions, store, said, talk, changes, audit, logger);
const verbs = new VerbRunner(journal, new CancelWatch(store), {}, redactor, metrics);
const engine = new StepEngine(
  store,
  registry,
  new Expressions(),
  journal,
  verbs,
  { rest: (_id, work) => work() },
  redactor,
  logger,
);
const compensation = new Compensation(store, registry, journal, verbs, redactor, logger);
const durable = new Durable({
  databaseUrl: DATABASE_URL,
  executorId: EXECUTOR_ID,
  logger: durableLogger(logger),
  drainMilliseconds: 5000,
});
new ExecuteRunWorkflow(durable, engine, compensation).onModuleInit();
await durable.launch();

if (RUN_KIND !== undefined) {
  const step = (name, fails) => ({
    name,
    title: name,
    action: 'ledger:make',
    with: { fails },
    timeoutSeconds: 20,
    retry: { attempts: 2, backoffSeconds: 0.1 },
  });
  await commit(async (tx) => {
    const runId = await new Runs(store, said, new Expressions(), ids).create(tx, {
      subject: { kind: 'request', id: 'req-killtest' },
      kind: 'apply',
      steps: [step('one', false), step('two', false), step('three', RUN_KIND === 'failing')],
      scope: {},
      traceId: 'trc-kill',
    });
    process.stdout.write(`run ${runId}\n`);
    await durable.enqueue(tx, { workflow: 'execute-run', id: `run:${runId}`, args: [runId], queue: 'runs' });
  });
}
const settled = async () =>
  (await dataSource.query(`select 1 from runs where state not in ('succeeded', 'failed')`)).length === 0;
while (!(await settled())) {
  await durable.takeOverDead();
  await new Promise((wake) => setTimeout(wake, 50));
}
await durable.shutdown();
await ledger.end();
await dataSource.destroy();
