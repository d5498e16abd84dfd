import type { Env } from './config/index.js';
import type { EmbeddedServer } from './platform/database/index.js';
import type { Logger } from './platform/logging/index.js';

export interface Running {
  port: number;
  playgroundUrl: string | null;
  embedded: EmbeddedServer | null;
  logger: Logger;
}

/** Says what is running and what to type first: to a newcomer as a short page, to a log collector as one line. */
export function welcome(env: Env, running: Running): void {
  const { logger, port, playgroundUrl, embedded } = running;
  logger.info('Quartermaster is ready', {
    port,
    playground: playgroundUrl,
    embeddedPostgresPort: embedded?.port ?? null,
  });
  if (playgroundUrl === null || env.log.format !== 'pretty') return;
  const lines = [
    '',
    '  Quartermaster is running.',
    '',
    `    Playground   ${playgroundUrl}   ← open this: a local Slack workspace in your browser`,
    `    Bot          http://${env.host}:${port}   (/health/ready, /metrics)`,
    ...(embedded === null
      ? []
      : [`    PostgreSQL   127.0.0.1:${embedded.port}   (embedded; data in ${embedded.dataFolder})`]),
    `    Secrets      ${env.secrets.kind === 'local' ? 'local store, encrypted' : 'Vault'}`,
    `    Catalog      ${env.catalogDir}`,
    '',
    `  First: open the playground, stay Ada in #team-payments, and type  ${env.slackCommand}`,
    `  Then:  ${env.slackCommand} request postgres-database`,
    '',
    '  Ctrl+C stops everything; the next start finds it all where you left it.',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
