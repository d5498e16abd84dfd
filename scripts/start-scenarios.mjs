// The bot with its playground, and beside it all that the scenarios of docs/scenarios.md need: a small API server of Kubernetes, Grafana, Prometheus, a
// secret store, repositories of Git. It is what the tests use; nothing of it outlives this process.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScenariosWorld } from '../dist/test/builders/scenarios-world.js';

const world = await ScenariosWorld.start();
const { service, flags, environments, operations, installed } = world;
// What runs an image that is tagged so has errors; the query names it.
service.errors = (query) => {
  const [, name = ''] = /service="([^"]+)"/.exec(query) ?? [];
  return JSON.stringify(service.cluster.find('Deployment', name) ?? '').includes(':bad') ? 7 : 0;
};
flags.metric = (serves) => (serves === '50 %' ? 0.02 : 0.001);
const folder = mkdtempSync(join(tmpdir(), 'quartermaster-scenarios-data-'));

process.stdout.write(`
Scenarios to try, all with counterparts of this process. What has a default needs no answer.

  /qm request blue-green-service    Cluster: service   Gateway: gateways/public   Prometheus: ${service.prometheus.url}
                                    Image: registry.example.org/shop:1.0.0   Host name: shop.example.org
                                    then “Deploy a version…” with shop:1.1.0; an image tagged “bad”, like shop:bad, goes back by itself
  /qm request event-function        Cluster: events   Image of the code: registry.example.org/receipts:1.0.0   Topic: orders.paid
  /qm request test-environment      Cluster: environments   Grafana: ${environments.grafana.server.url}
  /qm request new-service           Grafana: ${environments.grafana.server.url}
                                    Repository of operations: ${operations.path}
  /qm request managed-database      ${installed === null ? 'not here: no PostgreSQL server is installed on this machine, so no pg_dump that fits' : 'then “Restore drill…”'}
  /qm request feature-flag-rollout  Flag: basket   File: checkout.json   Query: sum(rate(checkout_errors_total[5m]))   Prometheus: ${flags.prometheus.url}
                                    then “Roll out…”: it goes back at 50 %; with 0.05 as highest good value it goes to everybody

`);

const bot = spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], {
  env: { DATA_DIR: folder, ...process.env, ...world.environment },
  stdio: 'inherit',
});
// The bot hears the terminal's signal too, and ends by itself.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bot.kill(signal));
bot.once('exit', async (code) => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
