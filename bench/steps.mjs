import { runScript } from './runs.mjs';

const ROUNDS = 80;

/**
 * What it costs that a step is durable, audited, redacted and shown: making a database with its role (three actions on a real
 * server) by the product's steps beside the bare actions, and by its run beside a bare DBOS workflow of the same actions.
 */
export async function measureSteps(stage) {
  const settings = { BENCH_ROUNDS: String(ROUNDS), TARGET_URL: stage.server.url('postgres') };
  const { bare, steps, workflow, run } = await runScript(stage, 'bench/product-steps.mjs', settings);
  const [stepRatio, runRatio] = [steps.p50Ms / bare.p50Ms, run.p50Ms / workflow.p50Ms];
  const line = (name, figures, rest) =>
    `${name.padEnd(34)} p50 ${figures.p50Ms.toFixed(0)} ms  p95 ${figures.p95Ms.toFixed(0)} ms   ${rest}`;
  return {
    ...{ bare, steps, workflow, run, stepRatio, runRatio },
    table: [
      line('three actions, bare', bare, ''),
      line('as the product’s steps', steps, `${stepRatio.toFixed(2)} × the bare actions   (goal ≤ 1.3 ×)`),
      line('as a bare DBOS workflow', workflow, ''),
      line('as the product’s run', run, `${runRatio.toFixed(2)} × the bare workflow   (goal ≤ 1.3 ×)`),
    ],
  };
}
