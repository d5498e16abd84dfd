import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { CheckpointWitness, WitnessedCheckpoint } from '../../audit/index.js';
import { ENV, type Env } from '../../config/index.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Workspace } from '../web/workspace.js';
import { witnessedIn } from './checkpoint-line.js';

const page = z.object({
  messages: z
    .array(
      z.object({
        user: z.string().optional(),
        bot_id: z.string().optional(),
        blocks: z.array(z.unknown()).default([]),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});
const PAGE = 200;
/** Far enough back to find one in a channel of many events: one is posted each quarter of an hour at most. */
const MAX_PAGES = 10;

/** What the audit channel says: read from Slack, where nobody can rewrite it who has but the database. */
@Injectable()
export class PostedCheckpoints implements CheckpointWitness {
  readonly name = 'the audit channel';

  constructor(
    private readonly gateway: SlackGateway,
    private readonly workspace: Workspace,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  /** Those on the newest page of the channel that has any. Only what we ourselves posted counts. */
  async *entries(): AsyncGenerator<WitnessedCheckpoint> {
    const channel = await this.gateway.channelId(this.env.channels.audit);
    const { botUserId, botId } = await this.workspace.facts();
    let cursor = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const answer = page.parse(
        await this.gateway.client.conversations.history({ channel, limit: PAGE, ...(cursor !== '' && { cursor }) }),
      );
      const ours = answer.messages.filter(
        ({ user, bot_id }) => user === botUserId || (botId !== '' && bot_id === botId),
      );
      const found = ours.flatMap(({ blocks }) => blocks.map(witnessedIn).filter((one) => one !== null));
      yield* found;
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (found.length > 0 || cursor === '') return;
    }
  }
}
