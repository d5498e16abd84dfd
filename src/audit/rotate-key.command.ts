import { dataPaths, InvalidEnvironment, readEnv } from '../config/index.js';
import { Changes } from '../platform/changes/index.js';
import { Redactor } from '../secrets/index.js';
import { AppError, RandomIds } from '../shared/index.js';
import { Audit } from './audit.js';
import { CheckpointSink } from './checkpoint-sink.js';
import { keySourceOf, withDatabase } from './command-database.js';
import { type Rotation, rotateKey } from './rotate-key.js';

/** `npm run audit:rotate-key`: exit code 0 when a new key is in place or lies ready, 1 when it was refused. The bot may run meanwhile. */
async function main(): Promise<void> {
  const env = readEnv();
  const sink = new CheckpointSink(dataPaths(env.dataDir).auditSink);
  const ids = new RandomIds();
  const rotation = await withDatabase(env, (transactions) => {
    const audit = new Audit(transactions, new Changes(), ids, new Redactor());
    return rotateKey(keySourceOf(env), { transactions, audit, ids, sink });
  });
  process.stdout.write(`${words(rotation)}\n`);
}

function words({ old, next, lastNumber, fetchFrom }: Rotation): string {
  const done = `Key ${next} replaces ${old}, and vouches for what that one signed, up to checkpoint ${lastNumber}.`;
  return fetchFrom === null
    ? `${done} It is in its place; a running bot takes it up within a minute. Back the key file up anew.`
    : `${done} It lies in ${fetchFrom}: put it into AUDIT_SIGNING_KEY of every replica, restart them, and remove that file. Until then no checkpoint is signed; events go on being chained.`;
}

await main().catch((error: unknown) => {
  if (!(error instanceof AppError) && !(error instanceof InvalidEnvironment)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
