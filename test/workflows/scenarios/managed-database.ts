import { readdirSync } from 'node:fs';
import type { Scenario } from './scenario.js';

const [BIRTH, DRILL] = [
  ['role', 'database', 'check', 'backup'],
  ['restore', 'login', 'size', 'remove'],
];

export const managedDatabase: Scenario = {
  title: 'a managed database and its restore drill: one backup, no copy left',
  name: 'ledger',
  steps: { apply: BIRTH, operate: DRILL, destroy: [...BIRTH, ...DRILL] },
  async play({ world: { backups }, journey, provisioned }) {
    await journey.request({
      item: 'managed-database',
      title: 'Managed database',
      name: 'ledger',
      pages: [{ 'param:name': 'ledger', environment: 'development' }],
    });
    const made = ['database payments_development_ledger', 'role payments_development_ledger'];
    expect([await provisioned('ledger'), readdirSync(backups).length]).toEqual([made, 1]);
    await journey.operate('ledger', {
      button: 'Restore drill…',
      title: 'Restore drill',
      fields: null,
      until: /✅ \*Restore drill\* · done/,
    });
    expect([await provisioned('ledger'), readdirSync(backups).length]).toEqual([made, 1]);
    await journey.destroy('ledger');
    expect([await provisioned('ledger'), readdirSync(backups)]).toEqual([[], []]);
  },
};
