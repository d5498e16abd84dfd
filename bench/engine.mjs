// The product's run engine without the rest of the product, for scripts that measure it. One of them per process.
import { randomBytes } from 'node:crypto';
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
import { ActionRegistry } from '../dist/src/orchestrator/index.js';
import { RunStore, Runs, StepTalkStore } from '../dist/src/orchestrator/runs/index.js';
import { Changes, Notices } from '../dist/src/platform/changes/index.js';
import { createDataSource, migrate, Transactions } from '../dist/src/platform/database/index.js';
import { Durable, durableLogger } from '../dist/src/platform/durable/index.js';
import { Logger } from '../dist/src/platform/logging/index.js';
import { Redactor } from '../dist/src/secrets/index.js';
import { LocalSecretStore } from '../dist/src/secrets/local-secret-store.js';
import { RandomIds } from '../dist/src/shared/index.js';

/** `around`: what is to be done around each run, within its workflow. */
export async function openEngine(url, actions, around = (_runId, work) => work()) {
  const dataSource = await createDataSource({ url, poolSize: 20 });
  await dataSource.initialize();
  await migrate(dataSource);
  const transactions = new Transactions(dataSource);
  const [changes, ids, redactor, logger] = [new Changes(), new RandomIds(), new Redactor(), Logger.silent()];
  const secrets = new LocalSecretStore(transactions, randomBytes(32), redactor);
  const expressions = new Expressions();
  const [store, said] = [new RunStore(transactions), new StepTalkStore(transactions)];
  const registry = new ActionRegistry(actions);
  const talk = new OutputTalk(said, new Notices((value) => redactor.value(value)));
  const audit = new Audit(transactions, changes, ids, redactor);
  const journal = new RunJournal(transactions, store, said, talk, changes, audit, logger);
  const verbs = new VerbRunner(journal, new CancelWatch(store), secrets, redactor, new Metrics());
  const rests = { rest: (_id, work) => work() };
  const engine = new StepEngine(store, registry, expressions, journal, verbs, rests, redactor, logger);
  const compensation = new Compensation(store, registry, journal, verbs, redactor, logger);
  const durable = new Durable({
    databaseUrl: url,
    executorId: 'bench',
    logger: durableLogger(logger),
    poolSize: 20,
    drainMilliseconds: 5000,
  });
  const defined = { define: (name, work) => durable.define(name, (runId) => around(runId, () => work(runId))) };
  new ExecuteRunWorkflow(defined, engine, compensation).onModuleInit();
  const close = async () => {
    await durable.shutdown();
    await dataSource.destroy();
  };
  return { transactions, secrets, engine, durable, runs: new Runs(store, said, expressions, ids), close };
}

/** A step as it stands in a catalog file. */
export function stepOf(name, action, input = {}) {
  return {
    name,
    title: name,
    action,
    with: input,
    timeoutSeconds: 60,
    retry: { attempts: 1, backoffSeconds: 1 },
  };
}
