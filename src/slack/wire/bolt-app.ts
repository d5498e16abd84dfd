import type { App, ReceiverEvent } from '@slack/bolt';
import bolt from '@slack/bolt';
import type { Router } from 'express';
import { DatabaseUnavailable } from '../../platform/database/index.js';
import type { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';
import type { WorkspaceConnection } from '../web/connection.js';
import { slackLogger } from '../web/slack-logger.js';
import { type DeliveryGate, ForeignWorkspace, MalformedDelivery } from './delivery-gate.js';

const EVENTS_PATH = '/slack/events';
/** Slack's largest payloads are views with 100 blocks; nothing it sends comes near this. */
const BODY_LIMIT = '1mb';

export interface BoltParts {
  readonly app: App;
  /** To be used before any body parser; null in Socket Mode. */
  readonly router: Router | null;
}

/** Bolt for either transport. It asks Slack nothing before the first delivery. */
export function createBolt(connection: WorkspaceConnection, gate: DeliveryGate, logger: Logger): BoltParts {
  const { transport, botToken, apiUrl } = connection;
  const sdkLogger = slackLogger(logger);
  const clientOptions = apiUrl === undefined ? {} : { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` };
  const http =
    transport.mode === 'http'
      ? new bolt.ExpressReceiver({
          signingSecret: transport.signingSecret,
          endpoints: EVENTS_PATH,
          logger: sdkLogger,
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
        })
      : null;
  const receiver =
    http ??
    new bolt.SocketModeReceiver({
      appToken: transport.mode === 'socket' ? transport.appToken : '',
      logger: sdkLogger,
      installerOptions: { clientOptions },
      processEventErrorHandler: ({ error }) => {
        logger.warn('A delivery was refused', { error: messageOf(error) });
        // Not acknowledged, so that Slack sends it again; except what would never be taken.
        return Promise.resolve(error instanceof ForeignWorkspace || error instanceof MalformedDelivery);
      },
    });
  const app = new bolt.App({
    receiver,
    logger: sdkLogger,
    clientOptions,
    convoStore: false,
    ignoreSelf: false,
    extendedErrorHandler: true,
    authorize: () => Promise.resolve({ botToken }),
  });
  // Whatever a listener throws goes to the gate, which knows how to answer.
  app.error(({ error }: { error: Error }) => Promise.reject(error));
  const listen = app.processEvent.bind(app);
  app.processEvent = (event: ReceiverEvent) => gate.pass(event, listen);
  return { app, router: http === null ? null : (http.router as Router) };
}

function statusOf(error: Error): number {
  if (error instanceof ForeignWorkspace) return 403;
  if (error instanceof MalformedDelivery) return 400;
  return error instanceof DatabaseUnavailable ? 503 : 500;
}
