import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { IncidentRoom, type Room, RoomRefused } from '../../incidents/index.js';
import { CardPlaces } from '../cards/card-places.js';
import { isRefusal, isUnknownOutcome, retryAfterSeconds, slackCode } from '../web/slack-errors.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { uploadOnce } from './upload-once.js';

const PAGE = 1000;

/** The channel of an incident, in Slack. */
@Injectable()
export class SlackIncidentRoom extends IncidentRoom {
  constructor(
    private readonly gateway: SlackGateway,
    private readonly cards: CardPlaces,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {
    super();
  }

  async create(name: string): Promise<Room> {
    try {
      const { channel } = await this.gateway.client.conversations.create({ name });
      if (channel?.id === undefined) throw new RoomRefused('Slack made a channel, but did not say which.');
      return { channelId: channel.id, name: channel.name ?? name, own: true };
    } catch (error) {
      if (isRefusal(error, 'name_taken')) return this.adopt(name);
      throw final(error, 'Slack would not make a channel.');
    }
  }

  async fallback(): Promise<Room> {
    const name = this.env.channels.incidents;
    // Cards and notices find the channel by its name too; only 📌 and commands in it need the id.
    const channelId = await this.gateway.channelId(name).catch(() => name);
    return { channelId, name, own: false };
  }

  async invite(channelId: string, personIds: readonly string[]): Promise<{ missing: readonly string[] }> {
    const missing: string[] = [];
    for (const personId of personIds) {
      // One by one: a list fails as a whole for the one who can't come.
      try {
        await this.gateway.client.conversations.invite({ channel: channelId, users: personId });
      } catch (error) {
        if (isRefusal(error, 'already_in_channel', 'cant_invite_self')) continue;
        if (!isFinal(error)) throw error;
        missing.push(personId);
      }
    }
    return { missing };
  }

  async setTopic(channelId: string, topic: string): Promise<void> {
    try {
      await this.gateway.client.conversations.setTopic({ channel: channelId, topic });
    } catch (error) {
      throw final(error, 'Slack would not set the topic.');
    }
  }

  async pinCard(incidentId: string): Promise<void> {
    const card = await this.cards.find({ kind: 'incident', id: incidentId }, 'incident');
    if (card === null) throw new Error('The incident’s card has not been posted yet.');
    try {
      await this.gateway.client.pins.add({ channel: card.channel, timestamp: card.ts });
    } catch (error) {
      if (!isRefusal(error, 'already_pinned')) throw final(error, 'Slack would not pin the card.');
    }
  }

  async upload(file: Parameters<IncidentRoom['upload']>[0]): Promise<void> {
    try {
      await uploadOnce(this.gateway.client, { ...file, channelId: await this.gateway.channelId(file.channelId) });
    } catch (error) {
      throw final(error, 'Slack would not take the file.');
    }
  }

  /** A channel whose name holds this incident's id was made by us before a crash, unless somebody else made it up. */
  private async adopt(name: string): Promise<Room> {
    const { user_id: me } = await this.gateway.client.auth.test();
    let cursor = '';
    do {
      const page = await this.gateway.client.conversations.list({
        types: 'public_channel',
        limit: PAGE,
        ...(cursor !== '' && { cursor }),
      });
      const found = page.channels?.find((channel) => channel.name === name);
      if (found?.id !== undefined) {
        if (found.creator !== me || found.is_archived === true)
          throw new RoomRefused('A channel of that name belongs to somebody else.');
        return { channelId: found.id, name, own: true };
      }
      cursor = page.response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    throw new RoomRefused('A channel of that name exists, but can’t be seen.');
  }
}

/** Slack's clear no. */
function isFinal(error: unknown): boolean {
  return slackCode(error) !== undefined && retryAfterSeconds(error) === undefined && !isUnknownOutcome(error);
}

function final(error: unknown, sentence: string): unknown {
  return isFinal(error) ? new RoomRefused(sentence, { cause: error }) : error;
}
