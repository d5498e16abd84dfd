import { z } from 'zod';
import type { SlackChannel, SlackChannels } from '../../orchestrator/index.js';
import type { Redactor } from '../../secrets/index.js';
import type { ChannelBook } from '../web/channel-book.js';
import type { WorkspaceFacts } from '../web/workspace.js';
import type { StepCalls } from './step-calls.js';
import { escaped, unescaped } from './step-words.js';

const PAGE = 1000;
const MAX_PAGES = 50;
const ID = /^[CG][A-Z0-9]{6,}$/;
const GONE = ['channel_not_found', 'is_archived', 'already_archived'];

const channel = z.object({
  id: z.string(),
  name: z.string().default(''),
  creator: z.string().default(''),
  is_private: z.boolean().default(false),
  is_archived: z.boolean().default(false),
  topic: z.object({ value: z.string() }).default({ value: '' }),
  purpose: z.object({ value: z.string() }).default({ value: '' }),
});
const one = z.object({ channel });
const page = z.object({
  channels: z.array(channel),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});
const done = z.unknown();

type Told = z.output<typeof channel>;

/** Channels, for steps. */
export class StepChannels implements SlackChannels {
  constructor(
    private readonly calls: StepCalls,
    private readonly book: ChannelBook,
    private readonly redactor: Pick<Redactor, 'text'>,
    private readonly facts: () => Promise<WorkspaceFacts>,
  ) {}

  async find(nameOrId: string): Promise<SlackChannel | null> {
    if (ID.test(nameOrId)) return this.byId(nameOrId);
    const name = nameOrId.replace(/^#/, '');
    const remembered = this.book.remembered(name);
    const known = remembered === undefined ? null : await this.byId(remembered);
    if (known?.name === name && !known.isArchived) return known;
    for await (const told of this.all(true)) if (told.name === name) return this.shown(told);
    return null;
  }

  async search(name: string, mark: string): ReturnType<SlackChannels['search']> {
    const found: { named: SlackChannel | null; marked: SlackChannel | null } = { named: null, marked: null };
    for await (const told of this.all(false)) {
      const shown = await this.shown(told);
      if (shown.name === name) found.named = shown;
      if (shown.isOurs && (shown.name === mark || shown.purpose.includes(`[${mark}]`))) found.marked = shown;
    }
    return found;
  }

  async make(name: string, isPrivate: boolean): Promise<SlackChannel> {
    const made = await this.calls.call('conversations.create', { name, is_private: isPrivate }, one);
    return this.shown(made.channel);
  }

  async describe(id: string, words: { topic?: string; purpose: string }): Promise<void> {
    const told = (await this.calls.call('conversations.info', { channel: id }, one)).channel;
    const topic = words.topic === undefined ? undefined : this.words(words.topic);
    const purpose = this.words(words.purpose);
    // The purpose first: it holds what the channel is found again by. Each setting is a line in the channel.
    if (told.purpose.value !== purpose)
      await this.calls.call('conversations.setPurpose', { channel: id, purpose }, done);
    if (topic !== undefined && told.topic.value !== topic)
      await this.calls.call('conversations.setTopic', { channel: id, topic }, done);
  }

  async rename(id: string, name: string): Promise<void> {
    await this.calls.call('conversations.rename', { channel: id, name }, done);
    this.book.forget(id);
  }

  async archive(id: string): Promise<void> {
    await this.calls.unless(GONE, () => this.calls.call('conversations.archive', { channel: id }, done));
    this.book.forget(id);
  }

  private async byId(id: string): Promise<SlackChannel | null> {
    const ask = () => this.calls.call('conversations.info', { channel: id }, one);
    const found = await this.calls.unless(['channel_not_found'], ask);
    return found === null ? null : this.shown(found.channel);
  }

  private words(text: string): string {
    return escaped(this.redactor.text(text));
  }

  private async shown(told: Told): Promise<SlackChannel> {
    const { botUserId, url } = await this.facts();
    return {
      id: told.id,
      name: told.name,
      url: `${url}archives/${told.id}`,
      isPrivate: told.is_private,
      isArchived: told.is_archived,
      isOurs: told.creator === botUserId,
      purpose: unescaped(told.purpose.value),
    };
  }

  private async *all(isInUse: boolean): AsyncGenerator<Told> {
    let cursor = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const wish = { types: 'public_channel,private_channel', exclude_archived: isInUse, limit: PAGE };
      const answer = await this.calls.call('conversations.list', { ...wish, ...(cursor !== '' && { cursor }) }, page);
      yield* answer.channels;
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (cursor === '') return;
    }
  }
}
