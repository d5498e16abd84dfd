// The yardstick for runs: bare DBOS workflows with the same number of no-op steps, enqueued and awaited in the same way.

import { performance } from 'node:perf_hooks';
import { DBOS } from '@dbos-inc/dbos-sdk';

const { DATABASE_URL, BENCH_RUNS, BENCH_STEPS } = process.env;
const [runs, steps] = [Number(BENCH_RUNS), Number(BENCH_STEPS)];
const workflow = DBOS.registerWorkflow(
  async () => {
    for (let n = 0; n < steps; n += 1) await DBOS.runStep(async () => n, { name: `step-${n}` });
  },
  { name: 'bare' },
);
const quiet = { info() {}, debug() {}, warn() {}, error: console.error };
DBOS.setConfig({ name: 'bare', systemDatabaseUrl: DATABASE_URL, systemDatabasePoolSize: 20, logger: quiet });
await DBOS.launch();
await DBOS.registerQueue('bare', { workerConcurrency: 50, minPollingIntervalMs: 100 });
const begun = performance.now();
const handles = await Promise.all(
  Array.from({ length: runs }, (_, n) =>
    DBOS.startWorkflow(workflow, { workflowID: `bare-${process.pid}-${n}`, queueName: 'bare' })(),
  ),
);
await Promise.all(handles.map((handle) => handle.getResult({ pollingIntervalMs: 50 })));
console.log(JSON.stringify({ runs, steps, perSecond: runs / ((performance.now() - begun) / 1000) }));
await DBOS.shutdown();
