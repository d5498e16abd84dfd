import type { Env, SlackConnection } from './config/index.js';
import { dataPaths } from './config/index.js';
import type { Foundations } from './foundations.js';
import type { Playground } from './playground/index.js';

export interface SlackDoor {
  connection: Extract<SlackConnection, { kind: 'workspace' }>;
  playground: Playground | null;
}

/** The workspace to talk to: the configured one, or the playground, started here with fresh tokens and told how to reach the bot. */
export async function openSlackDoor({ env, redactor }: Foundations): Promise<SlackDoor> {
  if (env.slack.kind === 'workspace') {
    const { connection } = { connection: env.slack };
    redactor.rememberForGood(connection.botToken);
    redactor.rememberForGood(
      connection.transport.mode === 'http' ? connection.transport.signingSecret : connection.transport.appToken,
    );
    return { connection, playground: null };
  }
  return startPlaygroundFor(env, env.slack, redactor);
}

async function startPlaygroundFor(
  env: Env,
  wanted: Extract<SlackConnection, { kind: 'playground' }>,
  redactor: Foundations['redactor'],
): Promise<SlackDoor> {
  // Imported only here and only now: a production process never loads it.
  const { startPlayground } = await import('./playground/index.js');
  const { randomBytes } = await import('node:crypto');
  const fresh = (prefix: string): string => `${prefix}${randomBytes(18).toString('hex')}`;
  const tokens = { botToken: fresh('xoxb-playground-'), appToken: fresh('xapp-playground-'), signingSecret: fresh('') };
  for (const token of Object.values(tokens)) redactor.rememberForGood(token);
  const playground = await startPlayground({
    environment: env.mode,
    host: env.host === '0.0.0.0' ? '127.0.0.1' : env.host,
    port: wanted.port,
    stateFile: dataPaths(env.dataDir).playground,
    uiDirectory: new URL('../playground-ui', import.meta.url).pathname,
    app: {
      ...tokens,
      commands: [
        {
          command: env.slackCommand,
          usageHint: '[help | request | status | resources | incident …]',
          description: 'Developer self-service',
        },
      ],
      shortcuts: [
        { callbackId: 'request_something', name: 'Request something', type: 'global' },
        { callbackId: 'about_this_message', name: 'Quartermaster: about this message', type: 'message' },
      ],
    },
    delivery: wanted.socketMode
      ? { mode: 'socket' }
      : { mode: 'http', requestUrl: `http://127.0.0.1:${env.port}/slack/events` },
  });
  return {
    playground,
    connection: {
      kind: 'workspace',
      botToken: tokens.botToken,
      apiUrl: playground.apiUrl,
      transport: wanted.socketMode
        ? { mode: 'socket', appToken: tokens.appToken }
        : { mode: 'http', signingSecret: tokens.signingSecret },
    },
  };
}
