import { z } from 'zod';
import { ActionFailed } from '../../action.js';
import { nameFor } from '../api/api.js';
import type { SlackChannel, SlackHands } from './ports.js';

export const channelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,79}$/, 'a channel’s name without #: lower-case letters, digits, - and _, at most 80');

/** A channel that is there: by its name, with or without #, or its id. */
export const channelRef = z
  .string()
  .regex(/^(#?[a-z0-9][a-z0-9_-]{0,79}|[CG][A-Z0-9]{6,20})$/, 'a channel’s name, or its id like C0123456789');

export const webLink = z.url({ protocol: /^https?$/ }).max(2_000);
export const moment = z.iso.datetime();

/** What is made under a key is found again by this. */
export function markFor(key: string): string {
  return nameFor(key);
}

/** Slack’s clock need not be ours. */
const SKEW_MILLISECONDS = 300_000;

export function beforeNow(since: string): Date {
  return new Date(Date.parse(since) - SKEW_MILLISECONDS);
}

/** @throws ActionFailed unless the channel is there and in use */
export async function existing({ channels }: SlackHands, reference: string): Promise<SlackChannel> {
  const channel = await channels.find(reference);
  if (channel === null)
    throw new ActionFailed(
      `Slack shows no channel ${shown(reference)} to the bot. Make it, or invite the bot if it is private; then try again.`,
      false,
    );
  if (channel.isArchived)
    throw new ActionFailed(`The channel #${channel.name} is archived. Unarchive it in Slack, or name another.`, false);
  return channel;
}

function shown(reference: string): string {
  return /^[CG][A-Z0-9]+$/.test(reference) ? reference : `#${reference.replace(/^#/, '')}`;
}
