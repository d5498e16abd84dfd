import { randomBytes } from 'node:crypto';
import { HttpApis } from '../../src/orchestrator/actions/api/api.js';
import { grafanaActions } from '../../src/orchestrator/actions/grafana/grafana.actions.js';
import { HttpTarget } from '../../src/orchestrator/actions/http/http-target.js';
import { GuardedHttp, pauseFor } from '../../src/platform/http-client/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { leftOut } from './left-out.js';

const { QM_REAL_GRAFANA_URL: url = '', QM_REAL_GRAFANA_TOKEN: token = '' } = process.env;

describe('grafana:*', () => {
  if (url === '' || token === '') {
    leftOut('Grafana', 'QM_REAL_GRAFANA_URL and QM_REAL_GRAFANA_TOKEN are not set');
    return;
  }
  const secrets = new SecretsInMemory();
  const bench = (id: string): ActionBench => {
    const http = new HttpTarget(new GuardedHttp([url]), pauseFor);
    const action = grafanaActions(new HttpApis(http)).find((one) => one.id === id);
    if (action === undefined) throw new Error(`There is no ${id}.`);
    return new ActionBench(action, secrets);
  };

  it('makes a folder with a dashboard and an alert rule, changes them in place, finds them, and takes all away', async () => {
    const key = `real-${randomBytes(6).toString('hex')}`;
    const ref = await secrets.put('grafana', { token }, { idempotencyKey: key });
    const server = { url, token: { ref, field: 'token' } };
    const [folders, boards, rules] = ['grafana:folder', 'grafana:dashboard', 'grafana:alert-rule'].map(bench);
    if (folders === undefined || boards === undefined || rules === undefined) throw new Error('three');
    const title = `Quartermaster ${key}`;
    const folder = await folders.apply({ server, title }, `${key}-folder`);
    const at = String(folder.output.uid);
    const board = (now: string): JsonObject => ({ server, folder: at, title: now, model: { panels: [] } });
    const rule = (threshold: number): JsonObject => ({
      ...{ server, folder: at, group: 'quartermaster', title, datasource: '__expr__', query: '1' },
      ...{ is: 'above', threshold },
    });
    const [dashboard, alert] = [
      await boards.apply(board(title), `${key}-board`),
      await rules.apply(rule(1), `${key}-rule`),
    ];
    const changed = await boards.change(board(`${title} now`), dashboard, `${key}-board`);
    const moved = await rules.change(rule(2), alert, `${key}-rule`);
    expect(changed.output.uid).toBe(dashboard.output.uid);
    expect(await boards.read(changed.state)).toMatchObject({ exists: true, detail: 'the dashboard is there' });
    await rules.destroy(moved.state, `${key}-rule`);
    await boards.destroy(changed.state, `${key}-board`);
    await folders.destroy(folder.state, `${key}-folder`);
    for (const [one, { state }] of [
      [boards, changed],
      [rules, moved],
      [folders, folder],
    ] as const)
      expect(await one.read(state)).toMatchObject({ exists: false });
  });
});
