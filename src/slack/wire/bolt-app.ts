import type { App, ReceiverEvent } from '@slack/bolt';
import bolt from '@slack/bolt';
import type { Router } from 'express';
import { DatabaseUnavailable } from '../../platform/database/index.js';
import type { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';
import type { WorkspaceConnection } from '../web/connection.js';
import { slackLogger } from '../web/slack-logger.js';
import { type DeliveryGate, ForeignWorkspace, MalformedDelivery } from './delivery-gate.js';
import { SocketLine } from './socket-line.js';

const EVENTS_PATH = '/slack/events';
/** Slack's largest payloads are views with 100 blocks; nothing it sends comes near this. */
const BODY_LIMIT = '1mb';
/** While one is renewed, as Slack does now and then, the other goes on. */
const LINES = 2;

export interface BoltParts {
  readonly app: App;
  /** To be used before any body parser; null in Socket Mode. */
  readonly router: Router | null;
  /** Takes deliveries from now on. HTTP: nothing to do. */
  open(): Promise<void>;
  /** Takes no more. HTTP: the server's own business. */
  close(): Promise<void>;
}

/** Bolt for either transport. It asks Slack nothing before it is opened or delivered to. */
export function createBolt(connection: WorkspaceConnection, gate: DeliveryGate, logger: Logger): BoltParts {
  const { transport } = connection;
  if (transport.mode === 'http') {
    const receiver = httpReceiver(transport.signingSecret, logger);
    const app = boltApp(connection, receiver, gate, logger);
    const nothing = (): Promise<void> => Promise.resolve();
    return { app, router: receiver.router as Router, open: nothing, close: nothing };
  }
  const lines = Array.from({ length: LINES }, () => socketLine(connection, transport.appToken, logger));
  const [first] = lines;
  if (first === undefined) throw new Error('Socket Mode needs a connection.');
  const app = boltApp(connection, first.bolt, gate, logger);
  for (const line of lines.slice(1)) line.attach(app);
  return {
    app,
    router: null,
    open: async () => {
      await Promise.all(lines.map((line) => line.open()));
    },
    close: async () => {
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}

function boltApp(
  connection: WorkspaceConnection,
  receiver: NonNullable<BoltOptions['receiver']>,
  gate: DeliveryGate,
  logger: Logger,
): App {
  const { botToken } = connection;
  const app = new bolt.App({
    receiver,
    logger: slackLogger(logger),
    clientOptions: clientOptions(connection),
    convoStore: false,
    ignoreSelf: false,
    extendedErrorHandler: true,
    authorize: () => Promise.resolve({ botToken }),
  });
  // Whatever a listener throws goes to the gate, which knows how to answer.
  app.error(({ error }: { error: Error }) => Promise.reject(error));
  const listen = app.processEvent.bind(app);
  app.processEvent = (event: ReceiverEvent) => gate.pass(event, listen);
  return app;
}

type BoltOptions = NonNullable<ConstructorParameters<typeof bolt.App>[0]>;

function clientOptions({ apiUrl }: WorkspaceConnection): NonNullable<BoltOptions['clientOptions']> {
  return apiUrl === undefined ? {} : { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` };
}

function httpReceiver(signingSecret: string, logger: Logger): InstanceType<typeof bolt.ExpressReceiver> {
  return new bolt.ExpressReceiver({
    signingSecret,
    endpoints: EVENTS_PATH,
    logger: slackLogger(logger),
    bodyLimit: BODY_LIMIT,
    // The gate acknowledges or refuses everything in time; Bolt's own timer has nothing to add.
    unhandledRequestHandler: () => undefined,
    processEventErrorHandler: ({ error, response }) => {
      if (!response.headersSent) {
        response.writeHead(statusOf(error));
        response.end();
      }
      logger.warn('A delivery was refused', { status: statusOf(error), error: messageOf(error) });
      return Promise.resolve(false);
    },
  });
}

function socketLine(connection: WorkspaceConnection, appToken: string, logger: Logger): SocketLine {
  const options = {
    appToken,
    logger: slackLogger(logger),
    installerOptions: { clientOptions: { ...clientOptions(connection), retryConfig: { retries: 0 }, timeout: 10_000 } },
    processEventErrorHandler: ({ error }: { error: Error }) => {
      logger.warn('A delivery was refused', { error: messageOf(error) });
      // Not acknowledged, so that Slack sends it again; except what would never be taken.
      return Promise.resolve(error instanceof ForeignWorkspace || error instanceof MalformedDelivery);
    },
  };
  return SocketLine.create(options, logger);
}

function statusOf(error: Error): number {
  if (error instanceof ForeignWorkspace) return 403;
  if (error instanceof MalformedDelivery) return 400;
  return error instanceof DatabaseUnavailable ? 503 : 500;
}
