const RUNS = 200;
const STEPS = 3;

/** Runs a second, enqueued at once: the product's (intent, result, audit and card mark of every step) beside bare DBOS workflows. */
export async function measureRuns(stage) {
  const settings = { BENCH_RUNS: String(RUNS), BENCH_STEPS: String(STEPS) };
  const product = await runScript(stage, 'bench/product-runs.mjs', settings);
  const bare = await runScript(stage, 'bench/bare-dbos.mjs', settings);
  return {
    product,
    bare,
    ratio: product.perSecond / bare.perSecond,
    table: [
      `runs of ${STEPS} steps        ${product.perSecond.toFixed(0)}/s`,
      `bare DBOS workflows     ${bare.perSecond.toFixed(0)}/s   (${(product.perSecond / bare.perSecond).toFixed(2)} of it)`,
    ],
  };
}

export async function runScript(stage, script, settings) {
  const database = await stage.freshDatabase();
  const { child, said } = await stage.spawnScript(script, { DATABASE_URL: database.url, ...settings });
  await stage.stop(child);
  return said;
}
