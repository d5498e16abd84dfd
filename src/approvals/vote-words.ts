import type { Approval, ApprovalState } from './approval.js';
import type { Electorate } from './electorate.js';
import type { Place } from './place.js';
import { type GroupStanding, standingOf } from './tally.js';

const MENTION = (id: string): string => `<@${id}>`;

/** What became of a vote, told to whoever cast it. People are named by Slack user id. */
export function settledWords(approval: Approval): string {
  const by = approval.decidedBy.map(MENTION).join(', ');
  const words: Record<ApprovalState, string> = {
    // Its time is up by the database's clock, and whoever ends the wait has not come by yet.
    waiting: 'The time to vote on this is over',
    approved: `${by} approved this already`,
    denied: `${by} denied this already`,
    expired: 'The time to vote on this is over',
    cancelled: 'This was withdrawn already',
  };
  return `${words[approval.state]}. Your vote was noted and changed nothing.`;
}

/** Why a vote does not count, for the person. */
export function refusedWords({ need }: Approval, place: Exclude<Place, { kind: 'here' }>): string {
  switch (place.kind) {
    case 'requester':
      return 'Nobody approves their own request. Ask somebody else who may.';
    case 'counted-before':
      return `Your vote counts in stage ${place.stage + 1} already, and nobody counts twice. Another person has to agree now.`;
    case 'not-yet':
      return `It is not your turn yet: this goes ${need.describe}. You are asked when stage ${place.stage + 1} begins; denying it is possible at any time.`;
    case 'taken':
      return `There is a vote for ${MENTION(place.principal)} already, in whose place you could vote. Nothing was changed.`;
    case 'not-asked':
      return `Your vote does not count here: wanted is ${need.describe}. Nothing was changed.`;
  }
}

/** Why a vote does not count, in a few words for everybody. */
export function refusedBriefly(place: Exclude<Place, { kind: 'here' }>): string {
  switch (place.kind) {
    case 'requester':
      return 'asked for it';
    case 'counted-before':
      return `counts in stage ${place.stage + 1} already`;
    case 'not-yet':
      return `is asked in stage ${place.stage + 1}`;
    case 'taken':
      return 'stands in for somebody who has a vote';
    case 'not-asked':
      return 'is not among those who are asked';
  }
}

export function decidedWords(approval: Approval): string {
  return approval.state === 'approved'
    ? 'Your vote decided it: approved.'
    : 'Your vote decided it: denied. The requester is told your reason.';
}

/** What is wanted still. */
export function countedWords(
  approval: Approval,
  electorate: Electorate,
  { stage, onBehalfOf }: { stage: number; onBehalfOf: string | null },
): string {
  const { stages, open } = standingOf(approval, electorate);
  const whose = onBehalfOf === null ? 'Your vote counts' : `Your vote counts for ${MENTION(onBehalfOf)}, who is away`;
  const groups = stages[open] ?? [];
  if (open > stage) return `${whose}, and stage ${stage + 1} is complete. Still wanted: ${wantedWords(groups)}.`;
  const [only] = groups;
  if (only === undefined || groups.length > 1 || open !== stage)
    return `${whose}. Still wanted: ${wantedWords(groups)}.`;
  return `${whose}: ${only.by.length} of ${only.group.count} so far.`;
}

/** "1 lead of Payments and 1 security reviewer (1 of 2 is there)" */
export function wantedWords(groups: readonly GroupStanding[]): string {
  return groups
    .filter(({ missing }) => missing > 0)
    .map(({ group, by }) =>
      by.length === 0 ? group.describe : `${group.describe} (${by.length} of ${group.count} so far)`,
    )
    .join(' and ');
}
