import { dataPaths, readEnv } from '../config/index.js';
import { createDataSource, EmbeddedServer, Transactions } from '../platform/database/index.js';
import { SigningKey } from './signing-key.js';
import { verifyAudit } from './verify.js';

/** `npm run audit:verify`: exit code 0 when every chain and checkpoint holds, 1 with the findings when not. */
async function main(): Promise<void> {
  const env = readEnv();
  const paths = dataPaths(env.dataDir);
  const embedded =
    env.database.url === undefined
      ? await EmbeddedServer.start({ folder: paths.postgres, port: env.database.embeddedPort })
      : null;
  const dataSource = await createDataSource({
    url: env.database.url ?? embedded?.url('quartermaster') ?? '',
    poolSize: 4,
    migrations: [],
  });
  await dataSource.initialize();
  try {
    const key = await SigningKey.load({
      ...(env.auditSigningKey !== undefined && { pem: env.auditSigningKey }),
      file: paths.auditKey,
    });
    const report = await verifyAudit(new Transactions(dataSource), key);
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    await dataSource.destroy();
  }
}

await main();
