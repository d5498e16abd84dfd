import type { Scenario } from './scenario.js';

const STEPS = ['role', 'database', 'space', 'function'];

export const eventFunction: Scenario = {
  title: 'an event function: one role whose password works, one subscription, one dashboard',
  name: 'receipts',
  steps: { apply: STEPS, destroy: STEPS },
  async play({ world: { events: cluster }, journey, provisioned }) {
    await journey.request({
      item: 'event-function',
      title: 'Event function',
      name: 'receipts',
      pages: [
        {
          'param:name': 'receipts',
          'param:runtime': 'python',
          'param:code': 'registry.example.org/receipts:1.0.0',
          'param:source': 'kafka',
          'param:topic': 'orders.paid',
          'param:cluster': 'events',
          environment: 'staging',
        },
      ],
    });
    expect(new Set(cluster.changes).size).toBe(cluster.changes.length);
    for (const thing of ['receipts-subscription', 'receipts-dashboard'])
      expect(cluster.find('ConfigMap', thing)).toBeDefined();
    expect(cluster.find('Secret', 'database')).toBeDefined();
    expect(await provisioned('receipts')).toEqual([
      'database payments_staging_receipts',
      'role payments_staging_receipts',
    ]);
    await journey.destroy('receipts');
    expect(cluster.names).toEqual([]);
    expect(await provisioned('receipts')).toEqual([]);
    expect(new Set(cluster.changes).size).toBe(cluster.changes.length);
  },
};
