import { z } from 'zod';
import type { SlackPost, SlackPosts } from '../../orchestrator/index.js';
import type { SlackGateway } from '../web/slack-gateway.js';
import type { StepCalls } from './step-calls.js';
import { escaped } from './step-words.js';

const PAGE = 200;
const MAX_PAGES = 50;
const NO_CHANNEL = ['channel_not_found'];
const GONE = [...NO_CHANNEL, 'message_not_found', 'is_archived'];

const posted = z.object({ ts: z.string() });
const link = z.object({ permalink: z.string() });
const history = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        pinned_to: z.array(z.string()).default([]),
        metadata: z.object({ event_payload: z.record(z.string(), z.unknown()) }).optional(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});
const done = z.unknown();

/** Messages, for steps: through the gateway's words and the channels' lanes. */
export class StepPosts implements SlackPosts {
  constructor(
    private readonly calls: StepCalls,
    private readonly gateway: Pick<SlackGateway, 'content'>,
  ) {}

  async post(channel: string, post: SlackPost): Promise<{ ts: string }> {
    const args = { channel, ...this.content(post) };
    const send = () => this.calls.callInTurn('chat.postMessage', args, posted);
    return this.calls.inside(channel, send);
  }

  async findMarked(channel: string, mark: string, since: Date): Promise<{ ts: string } | null> {
    const oldest = String(Math.floor(since.getTime() / 1000));
    const wish = { channel, limit: PAGE, oldest, include_all_metadata: true };
    let cursor = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const args = { ...wish, ...(cursor !== '' && { cursor }) };
      const ask = () => this.calls.call('conversations.history', args, history);
      const answer = await this.calls.unless(NO_CHANNEL, () => this.calls.inside(channel, ask));
      const found = answer?.messages.find(({ metadata }) => metadata?.event_payload.id === mark);
      if (found !== undefined) return { ts: found.ts };
      cursor = answer?.response_metadata?.next_cursor ?? '';
      if (cursor === '') return null;
    }
    return null;
  }

  async edit(channel: string, ts: string, post: SlackPost): Promise<void> {
    await this.calls.call('chat.update', { channel, ts, ...this.content(post) }, done);
  }

  async url(channel: string, ts: string): Promise<string> {
    return (await this.calls.call('chat.getPermalink', { channel, message_ts: ts }, link)).permalink;
  }

  async look(channel: string, ts: string): Promise<{ isPinned: boolean } | null> {
    const args = { channel, oldest: ts, latest: ts, inclusive: true, limit: 1 };
    const ask = () => this.calls.call('conversations.history', args, history);
    const answer = await this.calls.unless(NO_CHANNEL, () => this.calls.inside(channel, ask));
    const found = answer?.messages.find((message) => message.ts === ts);
    return found === undefined ? null : { isPinned: found.pinned_to.includes(channel) };
  }

  async pin(channel: string, ts: string): Promise<void> {
    const pin = () => this.calls.call('pins.add', { channel, timestamp: ts }, done);
    await this.calls.unless(['already_pinned'], pin);
  }

  async unpin(channel: string, ts: string): Promise<void> {
    const unpin = () => this.calls.call('pins.remove', { channel, timestamp: ts }, done);
    await this.calls.unless([...GONE, 'no_pin', 'not_pinned'], unpin);
  }

  async remove(channel: string, ts: string): Promise<void> {
    await this.calls.unless(GONE, () => this.calls.call('chat.delete', { channel, ts }, done));
  }

  private content({ text, links, mark, labels }: SlackPost): Record<string, unknown> {
    const lines = links.map(({ title, url }) => `<${escaped(url).replaceAll('|', '%7C')}|${escaped(title)}>`);
    return {
      ...this.gateway.content({ text: [escaped(text), ...lines].join('\n') }),
      metadata: { event_type: 'qm_step', event_payload: { id: mark, ...labels } },
    };
  }
}
