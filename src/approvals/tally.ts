import type { ApprovalGroup } from '../policy/index.js';
import { seated } from '../shared/index.js';
import type { Approval, Vote } from './approval.js';
import { type Electorate, isInStage, stageOf } from './electorate.js';

export interface GroupStanding {
  readonly group: ApprovalGroup;
  /** Whose votes count here. */
  readonly by: readonly Vote[];
  readonly missing: number;
}

/** How an approval stands, by the votes that count. */
export interface Standing {
  readonly stages: readonly (readonly GroupStanding[])[];
  /** The first stage that still waits; the number of stages when none does. */
  readonly open: number;
  readonly verdict: 'approved' | 'denied' | null;
  /** The votes that count, one a person and one for a person. */
  readonly counted: readonly Vote[];
}

type Counted = Pick<Approval, 'need' | 'votes' | 'requesterId'>;

/** The person a vote stands for. */
export function principalOf({ personId, onBehalfOf }: Pick<Vote, 'personId' | 'onBehalfOf'>): string {
  return onBehalfOf ?? personId;
}

/** One no that counts denies. Otherwise stage after stage: each wants `count` yes of distinct people for each of its groups. */
export function standingOf(approval: Counted, electorate: Electorate): Standing {
  const counted = countedVotes(approval, electorate);
  const stages = approval.need.stages.map(({ all }, stage) =>
    groupsOf(
      all,
      electorate.stages[stage] ?? [],
      counted.filter((vote) => vote.choice === 'yes' && vote.stage === stage),
    ),
  );
  const incomplete = stages.findIndex((groups) => groups.some(({ missing }) => missing > 0));
  const open = incomplete < 0 ? stages.length : incomplete;
  const isDenied = counted.some((vote) => vote.choice === 'no');
  // An approval without a single group would be granted by nobody.
  const isApproved = incomplete < 0 && stages.some((groups) => groups.length > 0);
  return { stages, open, counted, verdict: isDenied ? 'denied' : isApproved ? 'approved' : null };
}

/** Nobody stands behind two votes: not as the one who voted, nor as the one in whose place it was. Their own vote comes first. */
export function countedVotes({ votes, requesterId }: Counted, electorate: Electorate): Vote[] {
  const behind = new Set([requesterId]);
  const ownFirst = [
    ...votes.filter(({ onBehalfOf }) => onBehalfOf === null),
    ...votes.filter(({ onBehalfOf }) => onBehalfOf !== null),
  ];
  return ownFirst.filter((vote) => {
    const principal = principalOf(vote);
    if (behind.has(vote.personId) || behind.has(principal) || !isElector(vote, electorate)) return false;
    behind.add(vote.personId).add(principal);
    return true;
  });
}

/** A yes counts in the stage it was given in; a no of anybody who is asked in any stage ends it. */
function isElector(vote: Vote, electorate: Electorate): boolean {
  if (vote.onBehalfOf !== null && !electorate.active.has(vote.personId)) return false;
  const principal = principalOf(vote);
  return vote.choice === 'no' ? stageOf(electorate, principal) !== null : isInStage(electorate, vote.stage, principal);
}

function groupsOf(
  groups: readonly ApprovalGroup[],
  people: readonly ReadonlySet<string>[],
  votes: readonly Vote[],
): GroupStanding[] {
  const seats = groups.flatMap((group, at) => {
    const fitting = votes.filter((vote) => people[at]?.has(principalOf(vote)) === true);
    return Array.from({ length: group.count }, () => ({ group, fitting }));
  });
  const takers = seated(seats.map(({ fitting }) => fitting));
  return groups.map((group) => {
    const by = seats.flatMap((seat, at) => (seat.group === group ? (takers[at] ?? []) : []));
    return { group, by, missing: group.count - by.length };
  });
}
