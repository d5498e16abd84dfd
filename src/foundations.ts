import { hostname } from 'node:os';
import type { DataSource } from 'typeorm';
import { dataPaths, type Env } from './config/index.js';
import { Metrics } from './observability/index.js';
import { createDataSource, EmbeddedServer, migrate } from './platform/database/index.js';
import { Durable, durableLogger } from './platform/durable/index.js';
import { Logger } from './platform/logging/index.js';
import { Redactor } from './secrets/index.js';

const OWN_DATABASE = 'quartermaster';

/** What exists before Nest does: the guard over all text, the log, the database, the durable engine (not yet launched). */
export interface Foundations {
  env: Env;
  redactor: Redactor;
  logger: Logger;
  metrics: Metrics;
  dataSource: DataSource;
  durable: Durable;
  /** Superuser's address of the server that catalog items provision on. */
  provisionPostgresUrl: string;
  embedded: EmbeddedServer | null;
  /** How people's browsers reach the bot. Set again once it listens, when the port was chosen then. */
  publicUrl: string;
}

/** Starts the database (embedded unless DATABASE_URL is set), migrates it and prepares the rest. */
export async function layFoundations(env: Env): Promise<Foundations> {
  const redactor = new Redactor();
  const logger = Logger.create({ ...env.log, redact: (value) => redactor.value(value) });
  const embedded = env.database.url === undefined ? await startEmbedded(env) : null;
  const databaseUrl = env.database.url ?? embedded?.url(OWN_DATABASE) ?? '';
  rememberPassword(redactor, databaseUrl);
  if (embedded !== null) await ensureDatabase(embedded);
  const dataSource = await createDataSource({ url: databaseUrl, poolSize: env.database.poolSize });
  await dataSource.initialize();
  await migrate(dataSource);
  const durable = new Durable({
    databaseUrl,
    executorId: env.executorId ?? hostname(),
    logger: durableLogger(logger),
    drainMilliseconds: env.shutdownGraceSeconds * 1000,
  });
  const provisionPostgresUrl = env.provisionPostgresUrl ?? embedded?.url('postgres') ?? databaseUrl;
  rememberPassword(redactor, provisionPostgresUrl);
  if (env.eventsToken !== undefined) redactor.rememberForGood(env.eventsToken);
  return {
    env,
    redactor,
    logger,
    metrics: new Metrics({ process: true }),
    dataSource,
    durable,
    provisionPostgresUrl,
    embedded,
    publicUrl: env.publicUrl ?? `http://${env.host}:${env.port}`,
  };
}

function startEmbedded(env: Env): Promise<EmbeddedServer> {
  return EmbeddedServer.start({
    folder: dataPaths(env.dataDir).postgres,
    port: env.database.embeddedPort,
    unsafeFast: env.mode === 'test',
  });
}

async function ensureDatabase(server: EmbeddedServer): Promise<void> {
  const admin = await createDataSource({ url: server.url('postgres'), poolSize: 1, migrations: [] });
  await admin.initialize();
  try {
    const found = await admin.query<unknown[]>('select 1 from pg_database where datname = $1', [OWN_DATABASE]);
    if (found.length === 0) await admin.query(`create database ${OWN_DATABASE}`);
  } finally {
    await admin.destroy();
  }
}

function rememberPassword(redactor: Redactor, url: string): void {
  const { password } = new URL(url);
  if (password !== '') redactor.rememberForGood(decodeURIComponent(password));
}
