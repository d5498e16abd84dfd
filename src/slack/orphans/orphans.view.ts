import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Orphan, OrphanList } from '../../lifecycle/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CardMessage } from '../cards/card-source.js';
import { buttons, context, fitting, header, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain } from '../text/mrkdwn.js';

export const UNTIL = { block: 'until', action: 'value' } as const;
/** Two or three blocks each; a message holds 50. */
const MOST = 15;

/** Behind `/qm orphans`: those nobody is reminded of for now. */
export const IGNORED_WORD = 'ignored';

type TeamTitle = (teamId: string) => string;

/** What is there though nobody has it, with what can be done about each. */
export function orphansWords({ orphans, ignored }: OrphanList, teamTitle: TeamTitle): CardMessage {
  const rest =
    ignored === 0
      ? []
      : [
          context(
            `🔕 ${ignored === 1 ? 'One more is' : `${ignored} more are`} ignored: ${code(`/qm orphans ${IGNORED_WORD}`)}`,
          ),
        ];
  if (orphans.length === 0) {
    const words = ignored === 0 ? 'All that is there belongs to a resource.' : 'What is left is ignored for now.';
    return { text: 'Nothing dangles.', blocks: [section(`✅ *Nothing dangles.* ${words}`), ...rest] };
  }
  const text = `${orphans.length === 1 ? 'Something is' : `${orphans.length} things are`} left behind that nobody has.`;
  return {
    text,
    blocks: fitting([
      header('🧹 Left behind'),
      section(`${text} Quartermaster made it; what it was made for failed or is gone, and it is there all the same.`),
      ...listed(orphans, teamTitle),
      ...rest,
    ]),
  };
}

/** Those that somebody wants not to be reminded of, and until when. */
export function ignoredWords(orphans: readonly Orphan[], teamTitle: TeamTitle): CardMessage {
  if (orphans.length === 0)
    return { text: 'Nothing is ignored.', blocks: [section('Nothing that is left behind is ignored.')] };
  return {
    text: 'What is left behind and ignored',
    blocks: fitting([header('🔕 Left behind and ignored'), ...listed(orphans, teamTitle)]),
  };
}

function listed(orphans: readonly Orphan[], teamTitle: TeamTitle): KnownBlock[] {
  const more = orphans.length > MOST ? [context(`_${orphans.length - MOST} more follow when these are gone._`)] : [];
  return [...orphans.slice(0, MOST).flatMap((orphan) => orphanBlocks(orphan, teamTitle)), ...more];
}

function orphanBlocks(orphan: Orphan, teamTitle: TeamTitle): KnownBlock[] {
  const { title, things, runId, failure, foundAt, state, ignoredUntil } = orphan;
  const found = lines(things.map(({ detail, step }) => `• ${escape(detail, 300)} _(${escape(step, 150)})_`));
  const why = failure === null ? '' : `\n❌ ${escape(failure, 500)}`;
  const since = foundAt === null ? '' : ` · found ${dateWords(foundAt)}`;
  const words = section(
    `*${escape(title, 200)}* · ${originWords(orphan)}\n${found}${why}\n${ownerWords(orphan, teamTitle)}${since}`,
  );
  if (state === 'removing') return [words, context('🔄 It is being removed.')];
  if (ignoredUntil === null) return [words, ...buttons(`orphan_${runId}`, decisions(orphan))];
  const heed = {
    action: ACTIONS.heedOrphan,
    label: 'Stop ignoring',
    says: `Stop ignoring what is left of ${title}`,
    value: runId,
  };
  return [
    words,
    context(`🔕 Ignored until ${dateWords(ignoredUntil)}${byWords(orphan)}.`),
    ...buttons(`orphan_${runId}`, [heed]),
  ];
}

/** Whose it was. A playbook's step may have been about nothing that we know. */
function ownerWords({ resource, incidentId }: Orphan, teamTitle: TeamTitle): string {
  if (resource === null) return incidentId === null ? '' : code(incidentId);
  const { id, teamId, environment, ownerId } = resource;
  return `${escape(teamTitle(teamId), 100)}, ${escape(environment)} · of ${mention(ownerId)} · ${code(id)}`;
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

function originWords({ origin, resource, requestId }: Orphan): string {
  switch (origin) {
    case 'request':
      return `its request ${requestId === null ? '' : `${code(requestId)} `}failed`;
    case 'resource':
      return resource?.state === 'destroyed' ? 'was destroyed' : 'could not be destroyed';
    case 'operation':
      return 'an operation on it failed; it lives on without this';
    case 'playbook':
      return 'a step of its playbook failed, or could not be rolled back';
  }
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
      section('It stays where it is, and leaves the card until then. `/qm orphans ignored` lists it.'),
      {
        type: 'input',
        block_id: UNTIL.block,
        label: plain('Until', 100),
        element: { type: 'datepicker', action_id: UNTIL.action, initial_date: initialDate },
      },
    ],
  };
}
