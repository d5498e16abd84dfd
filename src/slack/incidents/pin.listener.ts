import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { IdentityRefused, People, type Person } from '../../identity/index.js';
import { Incidents, Timeline } from '../../incidents/index.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import type { Listeners } from '../wire/listener-table.js';
import { mentionedIn, unformatted } from './unformatted.js';

const PUSHPIN = 'pushpin';
const reactionEvent = z.object({
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
});
const replies = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        text: z.string().default(''),
        user: z.string().optional(),
        bot_id: z.string().optional(),
        reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })).default([]),
      }),
    )
    .default([]),
});
type Message = z.infer<typeof replies>['messages'][number];

/** 📌 on a message in an incident's channel: the timeline follows what Slack shows now, not the event, which may be late or twice. */
@Injectable()
export class PinListener implements SlackFeature {
  constructor(
    private readonly gateway: SlackGateway,
    private readonly incidents: Incidents,
    private readonly timeline: Timeline,
    private readonly people: People,
  ) {}

  register(app: Listeners): void {
    app.event('reaction_added', ({ event }) => this.follow(event));
    app.event('reaction_removed', ({ event }) => this.follow(event));
  }

  private async follow(event: unknown): Promise<void> {
    const parsed = reactionEvent.safeParse(event);
    if (!parsed.success || parsed.data.reaction.split('::')[0] !== PUSHPIN) return;
    const { channel, ts } = parsed.data.item;
    const incident = await this.incidents.byChannel(channel);
    if (incident?.state !== 'open') return;
    const message = await this.read(channel, ts);
    if (message === undefined) return;
    const pinning = message.reactions
      .filter(({ name }) => name.split('::')[0] === PUSHPIN)
      .flatMap(({ users }) => users);
    const names = await this.namesOf(mentionedIn(message.text));
    await this.timeline.syncPin(incident.id, {
      channelId: channel,
      ts,
      text: unformatted(message.text, names),
      authorId: message.bot_id === undefined ? (message.user ?? null) : null,
      pinnedBy: [...(await this.namesOf(pinning)).keys()],
    });
  }

  /** The very message, also in a thread: history has no replies. */
  private async read(channel: string, ts: string): Promise<Message | undefined> {
    const wish = { channel, ts, oldest: ts, latest: ts, inclusive: true, limit: 10 };
    const { messages } = replies.parse(await this.gateway.client.conversations.replies(wish));
    return messages.find((message) => message.ts === ts);
  }

  /** Names of those who count as people; guests, bots and strangers are left out. */
  private async namesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    for (const id of new Set(ids)) {
      const person = await this.find(id);
      if (person !== null) names.set(id, person.name);
    }
    return names;
  }

  private async find(id: string): Promise<Person | null> {
    try {
      return await this.people.get(id);
    } catch (error) {
      if (error instanceof IdentityRefused) return null;
      throw error;
    }
  }
}
