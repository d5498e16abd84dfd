import { dataPaths, type Env } from '../config/index.js';
import { createDataSource, EmbeddedServer, Transactions } from '../platform/database/index.js';
import type { SigningKeySource } from './signing-key.js';

/** Where the bot has its signing key. */
export function keySourceOf(env: Env): SigningKeySource {
  return {
    ...(env.auditSigningKey !== undefined && { pem: env.auditSigningKey }),
    file: dataPaths(env.dataDir).auditKey,
  };
}

/** Runs a command's work on the bot's database, whether or not the bot is up. A running bot keeps its embedded server. */
export async function withDatabase<T>(env: Env, work: (transactions: Transactions) => Promise<T>): Promise<T> {
  const { url, embeddedPort } = env.database;
  const embedded =
    url === undefined
      ? await EmbeddedServer.start({ folder: dataPaths(env.dataDir).postgres, port: embeddedPort })
      : null;
  try {
    const dataSource = await createDataSource({
      url: url ?? embedded?.url('quartermaster') ?? '',
      poolSize: 4,
      migrations: [],
    });
    await dataSource.initialize();
    try {
      return await work(new Transactions(dataSource));
    } finally {
      await dataSource.destroy();
    }
  } finally {
    if (embedded?.adopted === false) await embedded.stop();
  }
}
