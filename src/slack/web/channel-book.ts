import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppError, Clock } from '../../shared/index.js';
import { SlackClient } from './slack-client.js';

const page = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string().optional(), is_archived: z.boolean().default(false) })),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});
const ID = /^[CDG][A-Z0-9]{6,}$/;
const MAX_PAGES = 50;
const MISS_TTL_MILLISECONDS = 60_000;

export class ChannelUnknown extends AppError {
  readonly code = 'slack.channel_unknown';
}

/** Channel names to ids. Hits are kept (a rename keeps its id), misses for a minute. */
@Injectable()
export class ChannelBook {
  private ids = new Map<string, string>();
  private readonly missedAt = new Map<string, number>();
  private reading: Promise<void> | undefined;

  constructor(
    private readonly client: SlackClient,
    private readonly clock: Clock,
  ) {}

  /** @throws ChannelUnknown */
  async id(nameOrId: string): Promise<string> {
    if (ID.test(nameOrId)) return nameOrId;
    const name = nameOrId.replace(/^#/, '');
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    if (this.clock.now().getTime() - (this.missedAt.get(name) ?? 0) > MISS_TTL_MILLISECONDS) await this.read();
    const found = this.ids.get(name);
    if (found !== undefined) return found;
    this.missedAt.set(name, this.clock.now().getTime());
    throw new ChannelUnknown(
      `Slack shows no channel #${name} to the bot. Make it, or invite the bot if it is private.`,
    );
  }

  /** The id that the name had when it was last read; nobody is asked. */
  remembered(name: string): string | undefined {
    return this.ids.get(name);
  }

  /** Forgets a name whose id Slack no longer knows. */
  forget(channelId: string): void {
    for (const [name, id] of this.ids) if (id === channelId) this.ids.delete(name);
  }

  private read(): Promise<void> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readAll(): Promise<void> {
    const ids = new Map<string, string>();
    let cursor = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const answer = page.parse(
        await this.client.conversations.list({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 1000,
          ...(cursor !== '' && { cursor }),
        }),
      );
      for (const { id, name } of answer.channels) if (name !== undefined) ids.set(name, id);
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    this.ids = ids;
  }
}
