import { dataPaths, InvalidEnvironment, readEnv } from '../config/index.js';
import { createDataSource, EmbeddedServer, Transactions } from '../platform/database/index.js';
import { AppError } from '../shared/index.js';
import { CheckpointSink } from './checkpoint-sink.js';
import { SigningKey } from './signing-key.js';
import { type VerifyReport, verifyAudit } from './verify.js';

/** `npm run audit:verify`: exit code 0 when every chain and checkpoint holds, 1 with the findings when not, 2 when it could not look. */
async function main(): Promise<void> {
  const env = readEnv();
  const paths = dataPaths(env.dataDir);
  const key = await SigningKey.loadExisting({
    ...(env.auditSigningKey !== undefined && { pem: env.auditSigningKey }),
    file: paths.auditKey,
  });
  const embedded =
    env.database.url === undefined
      ? await EmbeddedServer.start({ folder: paths.postgres, port: env.database.embeddedPort })
      : null;
  try {
    const url = env.database.url ?? embedded?.url('quartermaster') ?? '';
    const report = await verifyAt(url, key, new CheckpointSink(paths.auditSink));
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    // A running bot keeps its server.
    if (embedded?.adopted === false) await embedded.stop();
  }
}

async function verifyAt(url: string, key: SigningKey, sink: CheckpointSink): Promise<VerifyReport> {
  const dataSource = await createDataSource({ url, poolSize: 4, migrations: [] });
  await dataSource.initialize();
  try {
    return await verifyAudit(new Transactions(dataSource), key, sink);
  } finally {
    await dataSource.destroy();
  }
}

await main().catch((error: unknown) => {
  if (!(error instanceof AppError) && !(error instanceof InvalidEnvironment)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
