import { type DynamicModule, Module } from '@nestjs/common';
import { SlackDirectory } from '../../identity/index.js';
import { Metrics } from '../../observability/index.js';
import { Logger } from '../../platform/logging/index.js';
import { ChannelBook } from './channel-book.js';
import { SLACK_CONNECTION, type WorkspaceConnection } from './connection.js';
import { SlackClient } from './slack-client.js';
import { SlackGateway } from './slack-gateway.js';
import { slackLogger } from './slack-logger.js';
import { WebSlackDirectory } from './web-slack-directory.js';
import { Workspace } from './workspace.js';

/** What talks to Slack's Web API; global, because identity's port is bound here. */
@Module({})
export class SlackWebModule {
  static forRoot(connection: WorkspaceConnection): DynamicModule {
    return {
      module: SlackWebModule,
      global: true,
      providers: [
        { provide: SLACK_CONNECTION, useValue: connection },
        {
          provide: SlackClient,
          inject: [Metrics, Logger],
          useFactory: (metrics: Metrics, logger: Logger) => new SlackClient(connection, metrics, slackLogger(logger)),
        },
        Workspace,
        ChannelBook,
        SlackGateway,
        { provide: SlackDirectory, useClass: WebSlackDirectory },
      ],
      exports: [SLACK_CONNECTION, SlackClient, Workspace, ChannelBook, SlackGateway, SlackDirectory],
    };
  }
}
