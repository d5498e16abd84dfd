import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Orphan } from '../../lifecycle/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CardMessage } from '../cards/card-source.js';
import { buttons, context, fitting, header, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain } from '../text/mrkdwn.js';

export const UNTIL = { block: 'until', action: 'value' } as const;
/** Two blocks each; a message holds 50. */
const MOST = 20;

/** What is there though nobody has it, with what can be done about each. */
export function orphansWords(orphans: readonly Orphan[], now: Date): CardMessage {
  if (orphans.length === 0)
    return {
      text: 'Nothing dangles.',
      blocks: [section('✅ *Nothing dangles.* All that is there belongs to a resource.')],
    };
  const text = `${orphans.length === 1 ? 'Something is' : `${orphans.length} things are`} left behind that nobody has.`;
  const more = orphans.length > MOST ? [context(`_${orphans.length - MOST} more follow when these are gone._`)] : [];
  return {
    text,
    blocks: fitting([
      header('🧹 Left behind'),
      section(
        `${text} Quartermaster made it; the request failed or the resource is gone, and it is there all the same.`,
      ),
      ...orphans.slice(0, MOST).flatMap((orphan) => orphanBlocks(orphan, now)),
      ...more,
    ]),
  };
}

function orphanBlocks(orphan: Orphan, now: Date): KnownBlock[] {
  const { title, things, teamId, environment, ownerId, resourceId, runId, failure, foundAt, state } = orphan;
  const found = lines(things.map(({ detail, step }) => `• ${escape(detail, 300)} _(${escape(step, 150)})_`));
  const why = failure === null ? '' : `\n❌ ${escape(failure, 500)}`;
  const about = `${escape(teamId)}, ${escape(environment)} · of ${mention(ownerId)} · ${code(resourceId)}`;
  const since = foundAt === null ? '' : ` · found ${dateWords(foundAt)}`;
  const words = section(`*${escape(title, 200)}* · ${originWords(orphan)}\n${found}${why}\n${about}${since}`);
  if (state === 'removing') return [words, context('🔄 It is being removed.')];
  const { ignoredUntil } = orphan;
  if (ignoredUntil !== null && ignoredUntil > now)
    return [words, context(`🔕 Ignored until ${dateWords(ignoredUntil)}${byWords(orphan)}.`)];
  return [words, ...buttons(`orphan_${runId}`, decisions(orphan))];
}

function decisions({ runId, title, things }: Orphan) {
  const what = things.map(({ detail }) => detail).join('; ');
  return [
    {
      action: ACTIONS.removeOrphan,
      label: 'Remove',
      says: `Remove what is left of ${title}`,
      value: runId,
      style: 'danger' as const,
      confirm: {
        title: plain('Remove what is left', 100),
        text: plain(`${what}. What is in it is lost.`, 300),
        confirm: plain('Remove', 30),
        deny: plain('Leave it', 30),
      },
    },
    {
      action: ACTIONS.ignoreOrphan,
      label: 'Ignore until…',
      says: `Ignore what is left of ${title} for a while`,
      value: runId,
    },
  ];
}

function originWords({ resourceState, requestId }: Orphan): string {
  if (resourceState === 'destroyed') return 'was destroyed';
  if (resourceState === 'destroy-failed') return 'could not be destroyed';
  return `its request ${requestId === null ? '' : `${code(requestId)} `}failed`;
}

function byWords({ ignoredBy }: Orphan): string {
  return ignoredBy === null ? '' : `, by ${mention(ignoredBy)}`;
}

/** Until when nobody wants to be reminded of it. */
export function ignoreOrphanModal(runId: string, initialDate: string): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.ignoreOrphan,
    private_metadata: JSON.stringify({ run: runId }),
    title: plain('Ignore for a while', 24),
    submit: plain('Ignore', 24),
    close: plain('Cancel', 24),
    blocks: [
      section('It stays where it is, and on the card without buttons.'),
      {
        type: 'input',
        block_id: UNTIL.block,
        label: plain('Until', 100),
        element: { type: 'datepicker', action_id: UNTIL.action, initial_date: initialDate },
      },
    ],
  };
}
