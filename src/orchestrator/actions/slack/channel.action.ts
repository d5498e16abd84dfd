import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import type { SlackChannel, SlackForSteps, SlackHands } from './ports.js';
import { channelName, markFor } from './slack-schemas.js';

const MAX_NAME = 80;
/** What no purpose holds. */
const NO_MARK = 'quartermaster-looks';
const state = z.object({ mark: z.string(), name: channelName, id: z.string().nullable() });

type State = z.output<typeof state>;

/** A channel of its own. Found again by a mark in its purpose; archived when it is destroyed, and its name is free again then. */
export function slackChannelAction(slack: SlackForSteps): AnyAction {
  return defineAction({
    id: 'slack:channel',
    title: 'Channel in Slack',
    owns: true,
    changesInPlace: true,
    input: z.strictObject({
      name: channelName,
      private: z.boolean().default(false),
      topic: z.string().trim().min(1).max(250).exactOptional(),
      /** A mark is put behind it. */
      purpose: z.string().trim().max(200).default(''),
    }),
    output: z.object({ id: z.string(), name: z.string(), url: z.string() }),
    state,
    examples: [
      {
        title: 'A channel for a service',
        input: { name: 'svc-invoices', topic: 'Invoices', purpose: 'Everything about the service invoices' },
        plan: 'create',
      },
      { title: 'A private one', input: { name: 'svc-invoices-oncall', private: true }, plan: 'create' },
    ],

    async plan({ name, private: isPrivate, topic }, { signal, made }) {
      const { named } = await slack.hands(signal).channels.search(name, NO_MARK);
      const what = `${isPrivate ? 'Private channel' : 'Channel'} #${name}`;
      if (named !== null && named.id !== made?.state.id) return { kind: 'cannot', summary: taken(named) };
      if (made !== null) return { kind: 'change', summary: `${what}, as it is asked for now` };
      return { kind: 'create', summary: what, ...(topic !== undefined && { details: [`Topic: ${topic}`] }) };
    },

    intend: ({ name }, { idempotencyKey, made }) =>
      Promise.resolve(made?.state ?? { mark: markFor(idempotencyKey), name, id: null }),

    async apply({ name, private: isPrivate, topic, purpose }, { intended, signal, report }) {
      if (intended === null) throw new ActionFailed('What the channel is found again by is not known.', false);
      const hands = slack.hands(signal);
      const { own, other } = await look(hands, { ...intended, name });
      if (own === null && other !== null) throw new ActionFailed(taken(other), false);
      // Under a name that only the key gives, until it is marked: nobody else can have made it.
      const channel = own ?? (await hands.channels.make(intended.mark, isPrivate));
      if (channel.isArchived) throw new ActionFailed(taken(channel), false);
      if (channel.isPrivate !== isPrivate)
        throw new ActionFailed(
          `#${channel.name} ${channel.isPrivate ? 'is private' : 'is public'}, and an app can’t change that. Change it in Slack, or ask for another name.`,
          false,
        );
      report(`Channel #${name}`);
      const marked = `${purpose} [${intended.mark}]`.trimStart();
      await hands.channels.describe(channel.id, { purpose: marked, ...(topic !== undefined && { topic }) });
      if (channel.name !== name) await hands.channels.rename(channel.id, name);
      const { id } = channel;
      return { state: { ...intended, name, id }, output: { id, name, url: channel.url } };
    },

    async read(known, { signal }) {
      const { own: channel } = await look(slack.hands(signal), known);
      if (channel === null) return { exists: false, detail: 'the channel is not there' };
      if (channel.isArchived) return { exists: false, detail: `#${channel.name} is archived` };
      return { exists: true, detail: `#${channel.name} is there` };
    },

    async destroy(known, { signal }) {
      const hands = slack.hands(signal);
      const { own: channel } = await look(hands, known);
      if (channel === null || channel.isArchived) return;
      // So that it is found again when we die before it is archived.
      if (!channel.purpose.includes(known.mark))
        await hands.channels.describe(channel.id, { purpose: `[${known.mark}]` });
      const closed = `-closed-${known.mark.slice(-6)}`;
      // Slack keeps an archived channel's name taken.
      if (!channel.name.endsWith(closed))
        await hands.channels.rename(channel.id, `${channel.name.slice(0, MAX_NAME - closed.length)}${closed}`);
      await hands.channels.archive(channel.id);
    },
  });
}

/** Ours by its id, and before that is known by its mark. Else who has the name. */
async function look(
  { channels }: SlackHands,
  { id, name, mark }: State,
): Promise<{ own: SlackChannel | null; other: SlackChannel | null }> {
  if (id !== null) {
    const known = await channels.find(id);
    return { own: known?.isOurs === true ? known : null, other: null };
  }
  const { named, marked } = await channels.search(name, mark);
  return { own: marked, other: marked === null ? named : null };
}

function taken({ name, isArchived }: SlackChannel): string {
  return isArchived
    ? `There is an archived channel #${name}, and Slack keeps its name. Rename it in Slack, or ask for another name.`
    : `There is a channel #${name} already, and it is not of this step’s making. Ask for another name.`;
}
