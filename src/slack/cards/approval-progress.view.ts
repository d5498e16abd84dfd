import type { Approval, Electorate, GroupStanding, Standing, Vote } from '../../approvals/index.js';
import { lines } from '../text/blocks.js';
import { code, escape, mention } from '../text/mrkdwn.js';

/** What is known about the people of a waiting approval, a moment ago at most. */
export interface ApprovalProgress {
  readonly standing: Standing;
  /** For each stage and group: those who may vote there. */
  readonly people: readonly (readonly (readonly string[])[])[];
  /** Who may vote now: those of the open stage, and those who stand in for them. */
  readonly asked: readonly string[];
  readonly away: Electorate['away'];
}

const MOST_MENTIONED = 10;
const MOST_REFUSED = 5;
/** Groups can be empty, and people leave. */
const STUCK = 'Unless a platform engineer names more people in access.yaml, it expires; cancel it if it is not needed';

/** Who has voted, and who is still needed: a line a group, under a heading a stage if there are several. */
export function progressLines(approval: Approval, progress: ApprovalProgress): string {
  const { stages, open } = progress.standing;
  const all = stages.flatMap((groups, stage) => {
    const heading = stages.length === 1 ? [] : [`*Stage ${stage + 1} of ${stages.length}* · ${stageWord(stage, open)}`];
    return [...heading, ...groups.map((group, at) => groupLine(approval, progress, group, { stage, at }))];
  });
  return lines(all, 'more groups', 2900);
}

function stageWord(stage: number, open: number): string {
  if (stage < open) return 'complete';
  return stage === open ? 'is asked now' : 'comes later';
}

function groupLine(
  approval: Approval,
  { people, standing, away }: ApprovalProgress,
  { group, by, missing }: GroupStanding,
  { stage, at }: { stage: number; at: number },
): string {
  const voted = by.length === 0 ? '' : ` · ✅ ${by.map(voterWords).join(', ')}`;
  if (missing === 0) return `✅ ${escape(group.describe, 200)}${voted}`;
  if (stage !== standing.open) return `▫️ ${escape(group.describe, 200)}${voted}`;
  const isEscalated = approval.escalated.includes(`${stage}.${at}`);
  const { escalation } = group;
  const instead =
    isEscalated && escalation !== undefined ? ` · ⏫ by now also ${escape(escalation.describe, 200)}` : '';
  const left = (people[stage]?.[at] ?? []).filter((id) => !standing.counted.some(({ personId }) => personId === id));
  return `⏳ ${escape(group.describe, 200)}${voted} · still ${missing} of ${group.count}: ${whoMay(left, missing, away)}${instead}`;
}

function whoMay(people: readonly string[], missing: number, away: Electorate['away']): string {
  if (people.length === 0) return `⚠️ nobody is left who may. ${STUCK}`;
  const named = people.slice(0, MOST_MENTIONED).map((id) => {
    const delegate = away.find(({ personId }) => personId === id)?.delegateId ?? null;
    return delegate === null ? mention(id) : `${mention(id)} or, meanwhile, ${mention(delegate)}`;
  });
  const more = people.length > MOST_MENTIONED ? ` and ${people.length - MOST_MENTIONED} more` : '';
  const few = people.length < missing ? ` · ⚠️ too few are left who may. ${STUCK}` : '';
  return `${named.join(', ')}${more}${few}`;
}

/** "@ben for @lea, who is away: “looks right”" */
export function voterWords({ personId, onBehalfOf, via, reason, standingId }: Vote): string {
  const whose = onBehalfOf === null ? '' : ` for ${mention(onBehalfOf)}, who is away`;
  const before = via === 'standing' ? ` (beforehand, as it is similar to another: ${code(standingId ?? '')})` : '';
  const why = reason === null || reason === '' ? '' : `: “${escape(reason, 300)}”`;
  return `${mention(personId)}${whose}${before}${why}`;
}

/** Small print about people: who is away, and whose vote does not count and why. */
export function peopleNotes(approval: Approval, { away, standing }: ApprovalProgress): string[] {
  const { refused, requesterId, votes } = approval;
  const counted = new Set(standing.counted.map(({ personId }) => personId));
  const known = refused.filter(({ personId }) => personId !== requesterId).slice(-MOST_REFUSED);
  const gone = votes.filter(({ personId }) => !counted.has(personId)).slice(-MOST_REFUSED);
  return [
    ...away.map(({ personId, delegateId }) =>
      delegateId === null
        ? `🌴 ${mention(personId)} is away`
        : `🌴 ${mention(personId)} is away, ${mention(delegateId)} stands in`,
    ),
    `Doesn’t count: ${[
      `${mention(requesterId)} (asked for it)`,
      ...gone.map(({ personId }) => `${mention(personId)} (voted, but may not vote here any more)`),
      ...known.map(({ personId, why }) => `${mention(personId)} (${escape(why, 100)})`),
    ].join(', ')}`,
  ];
}
