import { dataPaths, InvalidEnvironment, readEnv } from '../config/index.js';
import { AppError } from '../shared/index.js';
import { CheckpointSink } from './checkpoint-sink.js';
import { keySourceOf, withDatabase } from './command-database.js';
import { SigningKey } from './signing-key.js';
import { verifyAudit } from './verify.js';

/** `npm run audit:verify`: exit code 0 when every chain and checkpoint holds, 1 with the findings when not, 2 when it could not look. */
async function main(): Promise<void> {
  const env = readEnv();
  const key = await SigningKey.loadExisting(keySourceOf(env));
  const sink = new CheckpointSink(dataPaths(env.dataDir).auditSink);
  const report = await withDatabase(env, (transactions) => verifyAudit(transactions, key, sink));
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.ok ? 0 : 1;
}

await main().catch((error: unknown) => {
  if (!(error instanceof AppError) && !(error instanceof InvalidEnvironment)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
