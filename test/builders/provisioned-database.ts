import { randomBytes } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { Catalog } from '../../src/catalog/index.js';
import { Resources } from '../../src/resources/index.js';
import { RandomIds } from '../../src/shared/index.js';
import { asAdmin, type TestDatabase } from './database.js';

export interface ProvisionedDatabase {
  readonly resourceId: string;
  /** Of the database and of its owner. */
  readonly name: string;
  connectionLimit(): Promise<number>;
  drop(): Promise<void>;
}

/** A living production resource of Payments: a database that really exists, with a connection limit of 20, as if it had been requested. */
export async function provisionedDatabase(
  app: Pick<INestApplicationContext, 'get'>,
  { serverUrl, transactions }: TestDatabase,
  ownerId: string,
): Promise<ProvisionedDatabase> {
  const name = `qm_inc_${randomBytes(5).toString('hex')}`;
  await asAdmin(serverUrl, async (admin) => {
    await admin.query(`create role ${name} connection limit 20`);
    await admin.query(`create database ${name} owner ${name} connection limit 20`);
  });
  const resourceId = new RandomIds().next('res');
  const { version, digest } = app.get(Catalog, { strict: false }).item('postgres-database');
  const resources = app.get(Resources, { strict: false });
  await transactions.run(async (tx) => {
    const item = { itemName: 'postgres-database', itemVersion: version, itemDigest: digest, kind: 'postgres-database' };
    const whose = { teamId: 'payments', environment: 'production', ownerId };
    const wish = { requestId: null, identity: null, title: 'orders', parameters: {}, leaseHours: 24, traceId: 'test' };
    await resources.register(tx, { id: resourceId, ...item, ...whose, ...wish });
    await resources.activate(tx, resourceId, { outputs: { database: name }, secretRef: null, runId: 'run-00000000' });
  });
  return {
    resourceId,
    name,
    connectionLimit: () =>
      asAdmin(serverUrl, async (admin) => {
        const { rows } = await admin.query<{ limit: number; ofRole: number }>(
          `select datconnlimit as "limit", rolconnlimit as "ofRole"
           from pg_database join pg_roles r on r.oid = datdba where datname = $1`,
          [name],
        );
        const [row] = rows;
        if (row === undefined || row.limit !== row.ofRole) throw new Error('The limits of database and role differ.');
        return row.limit;
      }),
    drop: () =>
      asAdmin(serverUrl, async (admin) => {
        await admin.query(`drop database if exists ${name} with (force)`);
        await admin.query(`drop role if exists ${name}`);
      }),
  };
}
