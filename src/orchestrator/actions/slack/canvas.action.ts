import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import type { SlackCanvas, SlackCanvasWords, SlackForSteps, SlackHands } from './ports.js';
import { beforeNow, channelRef, existing, markFor, moment } from './slack-schemas.js';

const title = z.string().trim().min(1).max(200);
const markdown = z.string().trim().min(1).max(100_000);

/** The canvas of one channel, or one that stands alone and is shown to the people of some. */
const input = z.union([
  z.strictObject({ channel: channelRef, title, markdown }),
  z.strictObject({
    title,
    markdown,
    shareWith: z.array(channelRef).min(1).max(20),
    access: z.enum(['read', 'write']).default('read'),
  }),
]);

const state = z.object({ channel: z.string().nullable(), mark: z.string(), id: z.string().nullable(), since: moment });

type State = z.output<typeof state>;

/** A canvas with text. Found again by a mark in its last line. A channel has one canvas: one that is somebody else's is left alone. */
export function slackCanvasAction(slack: SlackForSteps): AnyAction {
  return defineAction({
    id: 'slack:canvas',
    title: 'Canvas in Slack',
    owns: true,
    changesInPlace: true,
    input,
    output: z.object({ id: z.string(), url: z.string() }),
    state,
    examples: [
      {
        title: 'The canvas of a channel',
        input: {
          channel: 'general',
          title: 'Invoices',
          markdown: '# Invoices\n\n- [Runbook](https://docs.example.org)',
        },
        plan: 'create',
      },
      {
        title: 'One that stands alone',
        input: { title: 'Hand-over', markdown: 'Who does *what*.', shareWith: ['general'] },
        plan: 'create',
      },
    ],

    async plan(wish, { signal, made }) {
      const hands = slack.hands(signal);
      const kind = made === null ? 'create' : 'change';
      if (!('channel' in wish)) {
        const names = await Promise.all(wish.shareWith.map(async (one) => (await existing(hands, one)).name));
        return { kind, summary: `Canvas “${wish.title}” for ${names.map((name) => `#${name}`).join(', ')}` };
      }
      const { id, name } = await existing(hands, wish.channel);
      const there = await hands.canvases.ofChannel(id);
      if (there !== null && there.id !== made?.state.id) return { kind: 'cannot', summary: taken(name) };
      return { kind, summary: `Canvas “${wish.title}” of #${name}` };
    },

    async intend(wish, { idempotencyKey, signal, made }) {
      if (made !== null) return made.state;
      const channel = 'channel' in wish ? (await existing(slack.hands(signal), wish.channel)).id : null;
      return { channel, mark: markFor(idempotencyKey), id: null, since: new Date().toISOString() };
    },

    async apply(wish, { intended, signal, report }) {
      if (intended === null) throw new ActionFailed('What the canvas is found again by is not known.', false);
      const hands = slack.hands(signal);
      const { channel, mark } = intended;
      if (('channel' in wish ? (await existing(hands, wish.channel)).id : null) !== channel)
        throw new ActionFailed('A canvas can’t move to another place. It was left where it is.', false);
      const words = { title: wish.title, markdown: wish.markdown, mark };
      const there = await ourOwn(hands, intended);
      if (there === null && channel !== null && (await hands.canvases.ofChannel(channel)) !== null)
        throw new ActionFailed(taken((await existing(hands, channel)).name), false);
      report(`Canvas “${wish.title}”`);
      const { id, url } = await written(hands, there, { intended, words });
      if ('shareWith' in wish) {
        const readers = await Promise.all(wish.shareWith.map(async (one) => (await existing(hands, one)).id));
        await hands.canvases.share(id, readers, wish.access);
      }
      return { state: { ...intended, id }, output: { id, url } };
    },

    async read(known, { signal }) {
      const found = await ourOwn(slack.hands(signal), known);
      return found === null
        ? { exists: false, detail: 'the canvas is not there' }
        : { exists: true, detail: `“${found.title}” is there` };
    },

    async destroy(known, { signal }) {
      const hands = slack.hands(signal);
      const found = await ourOwn(hands, known);
      if (found !== null) await hands.canvases.remove(found.id);
    },
  });
}

/** One that a former attempt made stands as it should; one that is to change is written anew. */
function written(
  { canvases }: SlackHands,
  there: SlackCanvas | null,
  { intended, words }: { intended: State; words: SlackCanvasWords },
): Promise<SlackCanvas> {
  if (there === null) return canvases.make(intended.channel, words);
  return intended.id === null ? Promise.resolve(there) : canvases.rewrite(there.id, words);
}

async function ourOwn({ canvases }: SlackHands, { channel, mark, id, since }: State): Promise<SlackCanvas | null> {
  if (id !== null) return canvases.find(id);
  if (channel === null) return canvases.findMarked(mark, beforeNow(since));
  const there = await canvases.ofChannel(channel);
  return there !== null && (await canvases.isMarked(there.id, mark)) ? there : null;
}

function taken(channel: string): string {
  return `#${channel} has a canvas already, and it is not of this step’s making. Put the text there by hand, or ask for a canvas that stands alone.`;
}
