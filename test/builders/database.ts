import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate, Transactions } from '../../src/platform/database/index.js';
import type { CuttableLine } from './cuttable-line.js';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');
const TEMPLATE_LOCK = 42_001;

export interface TestDatabase {
  /** Connection string of this file's own database. */
  url: string;
  /** The server, without a database's name: for provisioning targets. */
  serverUrl: string;
  dataSource: DataSource;
  transactions: Transactions;
  drop(): Promise<void>;
}

/**
 * A database of one's own with all migrations applied, cloned from a template in some 30 ms. Drop it in `afterAll`. Its pool of
 * connections goes through `line`, if one is given.
 */
export async function createTestDatabase(
  options: { poolSize?: number; line?: CuttableLine } = {},
): Promise<TestDatabase> {
  const serverUrl = process.env.QM_TEST_DATABASE_SERVER;
  if (serverUrl === undefined)
    throw new Error(
      'QM_TEST_DATABASE_SERVER is not set: run this file through jest, whose global set-up starts the server.',
    );
  const template = await ensureTemplate(serverUrl);
  const name = `qm_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(serverUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await admin.query(`create database ${name} template ${template}`);
  });
  const url = `${serverUrl}/${name}`;
  const through = options.line === undefined ? url : await options.line.lead(url);
  const dataSource = await createDataSource({ url: through, poolSize: options.poolSize ?? 10, migrations: [] });
  await dataSource.initialize();
  return {
    url,
    serverUrl,
    dataSource,
    transactions: new Transactions(dataSource),
    drop: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await asAdmin(serverUrl, (admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** Runs a statement as the server's superuser. */
export async function asAdmin<T>(
  serverUrl: string,
  work: (admin: pg.Client) => Promise<T>,
  database = 'postgres',
): Promise<T> {
  const admin = new pg.Client({ connectionString: `${serverUrl}/${database}` });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function ensureTemplate(serverUrl: string): Promise<string> {
  const files = (await readdir(MIGRATIONS)).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(join(MIGRATIONS, file)));
  const template = `qm_template_${hash.digest('hex').slice(0, 16)}`;
  await asAdmin(serverUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount !== 0) return;
    const building = `${template}_building`;
    await admin.query(`drop database if exists ${building} with (force)`);
    await admin.query(`create database ${building}`);
    const dataSource = await createDataSource({ url: `${serverUrl}/${building}`, poolSize: 4 });
    await dataSource.initialize();
    await migrate(dataSource);
    await dataSource.destroy();
    await admin.query(`alter database ${building} rename to ${template}`);
  });
  return template;
}
