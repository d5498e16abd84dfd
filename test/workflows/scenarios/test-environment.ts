import type { Scenario } from './scenario.js';

const STEPS = ['space', 'role', 'database', 'secrets', 'folder', 'dashboard'];

export const testEnvironment: Scenario = {
  title: 'a test environment: each thing made once, removed once',
  name: 'checkout',
  steps: { apply: STEPS, destroy: STEPS },
  async play({ world: { environments: world }, journey, provisioned }) {
    const { cluster, grafana } = world;
    await journey.request({
      item: 'test-environment',
      title: 'Test environment',
      name: 'checkout',
      pages: [
        {
          'param:name': 'checkout',
          'param:cluster': 'environments',
          'param:grafana': grafana.server.url,
          environment: 'development',
        },
      ],
    });
    expect(new Set(cluster.changes).size).toBe(cluster.changes.length);
    const titles = [...grafana.dashboards.values()].map(({ dashboard }) => String(dashboard.title));
    expect(titles.filter((title) => title.includes('checkout'))).toHaveLength(1);
    expect(await provisioned('checkout')).toHaveLength(2);
    await journey.destroy('checkout');
    expect(cluster.names).toEqual([]);
    expect(world.things.filter((thing) => thing.includes('checkout'))).toEqual([]);
    expect(await provisioned('checkout')).toEqual([]);
    expect(new Set(cluster.changes).size).toBe(cluster.changes.length);
  },
};
