import { startApplication } from './application.js';
import { InvalidEnvironment, readEnv } from './config/index.js';
import { AppError, messageOf } from './shared/index.js';

/** Parse the environment, start everything, and stop it in the reverse order when told to. */
async function main(): Promise<void> {
  const application = await startApplication(readEnv());
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    void application.stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping was not clean: ${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const known = error instanceof AppError || error instanceof InvalidEnvironment;
  process.stderr.write(
    `${known ? error.message : `Quartermaster could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`}\n`,
  );
  process.exit(1);
});
