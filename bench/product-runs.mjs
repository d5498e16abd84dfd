// The product's engine with steps that do nothing: what its own book-keeping costs.
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { defineAction } from '../dist/src/orchestrator/index.js';
import { openEngine, stepOf } from './engine.mjs';

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
const { transactions, durable, runs, close } = await openEngine(DATABASE_URL, [nothing]);
await durable.launch();

const begun = performance.now();
for (let n = 0; n < count; n += 1) {
  await transactions.run(async (tx) => {
    const id = await runs.create(tx, {
      subject: { kind: 'request', id: `req-bench${n}` },
      kind: 'apply',
      steps: Array.from({ length: steps }, (_, s) => stepOf(`s${s}`, 'bench:nothing')),
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
await close();
