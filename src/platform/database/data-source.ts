import { readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { DataSource, type MigrationInterface } from 'typeorm';

const MIGRATIONS_FOLDER = new URL('../../../migrations/', import.meta.url);

/** One pool for the whole bot. Entities are few: most statements are plain SQL, so that each compare-and-set can be read as one. */
export async function createDataSource(options: {
  url: string;
  poolSize: number;
  migrations?: MigrationClass[];
}): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: 'quartermaster',
    poolSize: options.poolSize,
    connectTimeoutMS: 10_000,
    extra: { statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000, connectionTimeoutMillis: 10_000 },
    migrations: options.migrations ?? (await loadMigrations()),
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'all',
    installExtensions: false,
  });
}

export type MigrationClass = new () => MigrationInterface;

/** Every migration of the `migrations` folder, in the order of the time in its file name. */
export async function loadMigrations(): Promise<MigrationClass[]> {
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => /^\d+-.*\.(js|ts)$/.test(file)).sort();
  const modules = await Promise.all(
    files.map(
      async (file) =>
        (await import(pathToFileURL(new URL(file, MIGRATIONS_FOLDER).pathname).href)) as Record<string, unknown>,
    ),
  );
  return modules.flatMap((module) =>
    Object.values(module).filter((value): value is MigrationClass => typeof value === 'function'),
  );
}

const MIGRATION_LOCK = 7_263_518_841;

/** Brings the schema up to date; replicas that start together take turns. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}
