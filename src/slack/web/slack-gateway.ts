import { Injectable } from '@nestjs/common';
import type { KnownBlock, View } from '@slack/web-api';
import { z } from 'zod';
import { Redactor } from '../../secrets/index.js';
import { AppError } from '../../shared/index.js';
import type { Words } from '../slack-feature.js';
import { guarded } from '../text/guarded.js';
import { ChannelBook } from './channel-book.js';
import { SlackClient } from './slack-client.js';
import { isRefusal } from './slack-errors.js';

/** Marks a message as ours, so that it is recognised when the answer to posting it was lost. */
export interface MessageMark {
  readonly type: 'qm_card' | 'qm_notice';
  readonly id: string;
}

export interface OutgoingMessage extends Words {
  /** Slack's id. */
  readonly channel: string;
  readonly threadTs?: string;
  readonly mark?: MessageMark;
}

export interface MessagePlace {
  readonly channel: string;
  readonly ts: string;
}

class FormTooLate extends AppError {
  readonly code = 'slack.form_too_late';
}

const posted = z.object({ channel: z.string(), ts: z.string() });
const opened = z.object({ channel: z.object({ id: z.string() }) });
const shownView = z.object({ view: z.object({ id: z.string(), hash: z.string().optional() }) });
const history = z.object({
  messages: z
    .array(
      z.object({ ts: z.string(), metadata: z.object({ event_payload: z.record(z.string(), z.unknown()) }).optional() }),
    )
    .default([]),
});
const LOOKED_THROUGH = 100;

/** What the product says to Slack, in its own words. Anything else: `client`. */
@Injectable()
export class SlackGateway {
  constructor(
    readonly client: SlackClient,
    private readonly channels: ChannelBook,
    private readonly redactor: Redactor,
  ) {}

  /** A channel's id, by name or id; for a person's id, that of their direct messages. @throws ChannelUnknown */
  channelId(nameOrId: string): Promise<string> {
    return isPerson(nameOrId) ? this.directChannel(nameOrId) : this.channels.id(nameOrId);
  }

  /** Posts. Joins a public channel when Slack says that the bot is not in it. */
  async post(message: OutgoingMessage): Promise<MessagePlace> {
    const wish = {
      channel: message.channel,
      ...this.content(message),
      ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
      ...(message.mark !== undefined && { metadata: markOf(message.mark) }),
    };
    const send = async (): Promise<MessagePlace> => posted.parse(await this.client.chat.postMessage(wish));
    return this.joining(message.channel, send);
  }

  async update(place: MessagePlace, words: Words, mark?: MessageMark): Promise<void> {
    await this.client.chat.update({
      ...place,
      ...this.content(words),
      ...(mark !== undefined && { metadata: markOf(mark) }),
    });
  }

  async ephemeral(place: { channel: string; threadTs?: string }, personId: string, words: Words): Promise<void> {
    await this.client.chat.postEphemeral({
      channel: place.channel,
      user: personId,
      ...this.content(words),
      ...(place.threadTs !== undefined && { thread_ts: place.threadTs }),
    });
  }

  /** The direct-message channel with a person. */
  async directChannel(personId: string): Promise<string> {
    return opened.parse(await this.client.conversations.open({ users: personId })).channel.id;
  }

  async openView(triggerId: string, view: View): Promise<{ id: string; hash?: string | undefined }> {
    return shownView.parse(await inTime(() => this.client.views.open({ trigger_id: triggerId, view }))).view;
  }

  /** Lays a modal over the one that was clicked in. */
  async pushView(triggerId: string, view: View): Promise<void> {
    await inTime(() => this.client.views.push({ trigger_id: triggerId, view }));
  }

  async updateView(viewId: string, view: View): Promise<void> {
    await this.client.views.update({ view_id: viewId, view });
  }

  /** Updates a view that nobody changed since it had this hash; false if somebody did. One that was closed needs no picture. */
  async updateViewAt(viewId: string, hash: string, view: View): Promise<boolean> {
    try {
      await this.client.views.update({ view_id: viewId, hash, view });
      return true;
    } catch (error) {
      if (isRefusal(error, 'hash_conflict')) return false;
      if (isRefusal(error, 'not_found', 'view_not_found')) return true;
      throw error;
    }
  }

  async publishHome(personId: string, view: View): Promise<void> {
    await this.client.views.publish({ user_id: personId, view: guarded(view, this.redactor) });
  }

  /** Looks for a message of ours by its mark, in the newest of a channel or thread. */
  async findMarked(channel: string, mark: MessageMark, threadTs?: string): Promise<MessagePlace | null> {
    const wish = { channel, limit: LOOKED_THROUGH, include_all_metadata: true };
    const answer =
      threadTs === undefined
        ? await this.client.conversations.history(wish)
        : await this.client.conversations.replies({ ...wish, ts: threadTs });
    const found = history.parse(answer).messages.find(({ metadata }) => metadata?.event_payload.id === mark.id);
    return found === undefined ? null : { channel, ts: found.ts };
  }

  /** What people read; every word of it through the redactor unless it is our own. */
  content({ text, blocks, verbatim }: Words): {
    text: string;
    blocks?: KnownBlock[];
    unfurl_links: false;
    unfurl_media: false;
  } {
    const words = { text, ...(blocks !== undefined && { blocks: [...blocks] }) };
    return { ...(verbatim === true ? words : guarded(words, this.redactor)), unfurl_links: false, unfurl_media: false };
  }

  private async joining<T>(channel: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!isRefusal(error, 'not_in_channel')) throw error;
      await this.client.conversations.join({ channel });
      return call();
    }
  }
}

/** Whether a place is somebody's direct messages. */
export function isPerson(place: string): boolean {
  return /^[UW][A-Z0-9]{2,20}$/.test(place);
}

function markOf({ type, id }: MessageMark): { event_type: string; event_payload: { id: string } } {
  return { event_type: type, event_payload: { id } };
}

/** A trigger lives three seconds and works once. */
async function inTime<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (
      !isRefusal(
        error,
        'expired_trigger_id',
        'exchanged_trigger_id',
        'invalid_trigger_id',
        'trigger_expired',
        'trigger_exchanged',
      )
    )
      throw error;
    throw new FormTooLate('Slack gave up before the form was there. Nothing was made; please try again.', {
      cause: error,
    });
  }
}
