import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '../../shared/index.js';
import { SLACK_CONNECTION, type WorkspaceConnection } from './connection.js';
import { SlackClient } from './slack-client.js';

export interface WorkspaceFacts {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string;
  /** Of the workspace: what links to messages begin with. */
  readonly url: string;
}

class WrongWorkspace extends AppError {
  readonly code = 'slack.wrong_workspace';
}

const authTest = z.object({
  team_id: z.string(),
  user_id: z.string(),
  bot_id: z.string().default(''),
  url: z.string().default(''),
});

/** Who we are, as Slack says, asked once and remembered. Nothing is asked before somebody needs to know. */
@Injectable()
export class Workspace {
  private asked: Promise<WorkspaceFacts> | undefined;

  constructor(
    private readonly client: SlackClient,
    @Inject(SLACK_CONNECTION) private readonly connection: Pick<WorkspaceConnection, 'teamId'>,
  ) {}

  /** @throws WrongWorkspace if the token is of another workspace than SLACK_TEAM_ID says */
  facts(): Promise<WorkspaceFacts> {
    this.asked ??= this.ask().catch((error: unknown) => {
      this.asked = undefined;
      throw error;
    });
    return this.asked;
  }

  /** Asks Slack now, for the health check. */
  async ping(): Promise<void> {
    await this.ask();
  }

  private async ask(): Promise<WorkspaceFacts> {
    const { team_id, user_id, bot_id, url } = authTest.parse(await this.client.auth.test());
    if (this.connection.teamId !== undefined && this.connection.teamId !== team_id)
      throw new WrongWorkspace(
        'SLACK_BOT_TOKEN belongs to another workspace than SLACK_TEAM_ID names. Set the right pair.',
      );
    return { teamId: team_id, botUserId: user_id, botId: bot_id, url };
  }
}
