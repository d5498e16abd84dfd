// One command: `npm run bench`. Starts its own PostgreSQL, playground, bot and yardsticks, measures, prints a table, writes JSON.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { measureAcknowledgement } from './acknowledgement.mjs';
import { measureCatalog } from './catalog.mjs';
import { measureLifeCycle } from './life-cycle.mjs';
import { measureOptions } from './options.mjs';
import { measureProvisioning } from './provisioning.mjs';
import { measureQuotas } from './quotas.mjs';
import { measureReplicas } from './replicas.mjs';
import { measureRuns } from './runs.mjs';
import { openStage } from './stage.mjs';
import { measureSteps } from './steps.mjs';

const wanted = new Set(process.argv.slice(2));
const measures = {
  acknowledgement: measureAcknowledgement,
  provisioning: measureProvisioning,
  steps: measureSteps,
  runs: measureRuns,
  replicas: measureReplicas,
  quotas: measureQuotas,
  options: measureOptions,
  catalog: measureCatalog,
  'life-cycle': measureLifeCycle,
};
for (const name of wanted) {
  if (!(name in measures)) {
    console.error(`There is no benchmark "${name}". Choose from: ${Object.keys(measures).join(', ')}.`);
    process.exit(2);
  }
}

const folder = await mkdtemp(join(os.tmpdir(), 'quartermaster-bench-'));
const stage = await openStage(folder);
const results = {};
try {
  for (const [name, measure] of Object.entries(measures)) {
    if (wanted.size > 0 && !wanted.has(name)) continue;
    console.log(`\n${name} …`);
    results[name] = { at: new Date().toISOString(), ...(await measure(stage)) };
    for (const line of results[name].table) console.log(`  ${line}`);
  }
} finally {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
}
const file = new URL('./results/latest.json', import.meta.url);
const earlier = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
const report = {
  at: new Date().toISOString(),
  machine: {
    cpus: os.cpus().length,
    model: os.cpus()[0]?.model,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  },
  // What was not measured now stands as it was.
  results: { ...earlier.results, ...results },
};
await mkdir(new URL('./results/', import.meta.url), { recursive: true });
await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
console.log('\nWritten to bench/results/latest.json');
