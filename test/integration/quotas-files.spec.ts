import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/index.js';
import { formatProblem } from '../../src/platform/documents/index.js';
import { Costs, Governance, PriceBook, QuotaBook, Quotas } from '../../src/quotas/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { QuotaWorld, type Replica } from '../builders/quota-world.js';

const PRICES = `
version: 1.0.0
currency: EUR
prices:
  - { id: postgres-database, title: A database, amount: 7.3, per: month }
  - { id: postgres-connection, title: A connection, amount: 0.002, per: hour }
`;
const QUOTAS = `
version: 1.0.0
units:
  - { id: databases, title: databases, limit: 5 }
  - { id: connections, title: connections, limit: 80 }
`;
const request = { id: 'not-yet', team: 'payments', environment: 'development', requesterId: 'U0ADA', reason: '' };

let world: QuotaWorld;
beforeEach(async () => {
  world = await QuotaWorld.open({ quotas: QUOTAS, prices: PRICES });
});
afterEach(() => world.close());

const write = (name: string, text: string): Promise<void> => writeFile(join(world.catalogDir, name), text);
const problemsOf = (replica: Replica): string[] => replica.get(Governance).problems().map(formatProblem);
const ask = (parameters: JsonObject) => ({
  item: world.get(Catalog).item('postgres-database'),
  parameters: { name: 'orders', extensions: [], ...parameters },
  request,
});

describe('what an item takes and costs', () => {
  it('follows its expressions, the prices and the lease', () => {
    const costs = world.get(Costs);
    expect(costs.estimate({ ...ask({ size: 'medium' }), leaseHours: 100 })).toMatchObject({
      currency: 'EUR',
      hourly: 0.04,
      monthly: 29.2,
      untilEnd: 4,
      once: 0,
      lines: [
        { price: 'postgres-database', quantity: 1, hourly: 0.01 },
        { price: 'postgres-connection', quantity: 15, hourly: 0.03 },
      ],
      missing: [],
    });
    expect(world.get(Quotas).wanted(ask({ size: 'large' }))).toEqual({ databases: 1, connections: 40 });
    expect(world.get(Quotas).wanted(ask({ size: 'small' }))).toEqual({ databases: 1, connections: 5 });
  });

  it('counts what is paid once apart from what is paid by the hour', async () => {
    await write('prices.yaml', PRICES.replace('0.002, per: hour', '3, per: once'));
    await world.get(Governance).reload();
    expect(world.get(Costs).estimate({ ...ask({ size: 'small' }), leaseHours: 100 })).toMatchObject({
      hourly: 0.01,
      once: 15,
      untilEnd: 16,
    });
  });

  it('names a price that is missing, at its line and in the estimate, and never counts it as nothing', async () => {
    await write('prices.yaml', PRICES.replace('id: postgres-connection', 'id: postgres-conection'));
    await world.get(Governance).reload();
    const estimate = world.get(Costs).estimate({ ...ask({ size: 'small' }), leaseHours: 100 });
    expect(estimate.missing).toEqual(['postgres-connection']);
    expect(estimate.lines.map(({ price }) => price)).toEqual(['postgres-database']);
    const lines = (await readFile('catalog/items/postgres-database.yaml', 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes('price: postgres-connection')) + 1;
    expect(problemsOf(world.replica(0))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^catalog/items/postgres-database.yaml:${line}:.*no price “postgres-connection”.*write “postgres-conection” instead`,
        ),
      ),
    ]);
  });

  it('names a unit without a limit', async () => {
    await write('quotas.yaml', QUOTAS.replace('id: connections', 'id: sockets'));
    await world.get(Governance).reload();
    expect(problemsOf(world.replica(0))).toEqual([expect.stringContaining('no limit is set for “connections”')]);
  });
});

describe('a broken file', () => {
  it.each([
    ['quotas.yaml', 'limit: 5', 'limit: many', 'units[0].limit must be a number'],
    ['quotas.yaml', 'id: connections', 'id: databases', '“databases” stands there already'],
    [
      'quotas.yaml',
      'version: 1.0.0',
      'version: 1.0.0\nlimits: [{ team: payments, limits: { database: 1 } }]',
      'no unit “database”',
    ],
    [
      'quotas.yaml',
      'version: 1.0.0',
      'version: 1.0.0\nbudgets: [{ monthly: 5, warnPercent: 120 }]',
      'warning would come after the block',
    ],
    ['prices.yaml', 'per: month', 'per: fortnight', 'prices[0].per is not one of the allowed values'],
    ['prices.yaml', 'id: postgres-connection', 'id: postgres-database', '“postgres-database” stands there already'],
    ['prices.yaml', 'amount: 7.3', 'amount: -1', 'prices[0].amount'],
  ])(
    '%s with a slip (%s → %s) is refused at its line, and the last good version stays in force, also after a restart',
    async (name, from, to, says) => {
      const good = name === 'quotas.yaml' ? QUOTAS : PRICES;
      expect(good).toContain(from);
      await write(name, good.replace(from, to));
      await world.get(Governance).reload();
      for (const replica of [world.replica(0), await world.restarted()]) {
        expect(problemsOf(replica)).toEqual([
          expect.stringContaining(says),
          expect.stringContaining('the last good version (1.0.0) stays in force'),
        ]);
        expect(replica.get(QuotaBook).limit('payments', 'development', 'databases')).toBe(5);
        expect(replica.get(PriceBook).find('postgres-database')?.amount).toBe(7.3);
      }
    },
  );

  it('with nothing ever good grants nothing and tells no cost', async () => {
    await write('quotas.yaml', 'version: one');
    await write('prices.yaml', '{ nonsense');
    await world.query('truncate governing_files');
    const replica = await world.restarted();
    expect(replica.get(QuotaBook).limit('payments', 'development', 'databases')).toBeNull();
    expect(replica.get(PriceBook).find('postgres-database')).toBeNull();
    expect(problemsOf(replica).join('\n')).toContain('no version of this file is in force');
  });
});
