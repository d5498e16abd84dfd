import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.js';

const STEPS = [
  'repository',
  'code',
  'role',
  'database',
  'folder',
  'dashboard',
  'operations',
  'channel',
  'people',
  'link',
];

export const newService: Scenario = {
  title: 'a new service: each commit once, taken back once',
  name: 'invoices',
  steps: { apply: STEPS, destroy: STEPS },
  async play({ world, journey, ada, provisioned }) {
    const { operations, created, environments } = world;
    const before = operations.git('rev-parse', 'main^{tree}');
    await journey.request({
      item: 'new-service',
      title: 'New service',
      name: 'invoices',
      pages: [
        {
          'param:name': 'invoices',
          'param:purpose': 'Sends invoices to customers.',
          'param:onCall': ada.id,
          'param:grafana': environments.grafana.server.url,
          'param:operations': operations.path,
          'param:channel': 'svc-invoices',
          environment: 'development',
        },
      ],
    });
    expect(readdirSync(created)).toEqual(['payments-invoices.git']);
    expect(operations.git('--git-dir', join(created, 'payments-invoices.git'), 'log', '--format=%s', 'main')).toBe(
      'A first version of invoices',
    );
    expect(operations.subjects()).toEqual(['Runbook and on-call entry of invoices', 'Begin']);
    const titles = [...environments.grafana.dashboards.values()].map(({ dashboard }) => String(dashboard.title));
    expect(titles.filter((title) => title.includes('invoices'))).toHaveLength(1);
    expect(await provisioned('invoices')).toHaveLength(2);
    const madeChannels = () => ada.screen.channels.filter((channel) => /^(svc|qm)-/.test(channel.name));
    const [channel] = madeChannels();
    expect(madeChannels()).toMatchObject([{ name: 'svc-invoices', bookmarks: [{ title: 'Repository' }] }]);
    expect(new Set(channel?.memberIds).size).toBe(channel?.memberIds.length);
    await journey.destroy('invoices');
    expect(madeChannels()).toMatchObject([{ id: channel?.id, isArchived: true, bookmarks: [] }]);
    expect(operations.subjects()).toHaveLength(3);
    expect(operations.git('rev-parse', 'main^{tree}')).toBe(before);
    expect(existsSync(created) ? readdirSync(created) : []).toEqual([]);
    expect(environments.things.filter((thing) => thing.includes('invoices'))).toEqual([]);
    expect(await provisioned('invoices')).toEqual([]);
  },
};
