import type { Choice, Vote } from './approval.js';

/** Who reacted how, as Slack says right now. */
export interface ReactionSets {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

/** Someone with both ✅ and ❌ has not made up their mind: no vote. The requester never has one. */
export function reactionVotes(
  reactions: ReactionSets,
  eligible: ReadonlySet<string>,
  requesterId: string,
): Map<string, Choice> {
  const [yes, no] = [new Set(reactions.yes), new Set(reactions.no)];
  const votes = new Map<string, Choice>();
  for (const personId of new Set([...yes, ...no])) {
    if (personId === requesterId || !eligible.has(personId)) continue;
    if (yes.has(personId) !== no.has(personId)) votes.set(personId, yes.has(personId) ? 'yes' : 'no');
  }
  return votes;
}

/** How the reactions of now differ from the votes that were in when it was settled. */
export function lateReactions(
  votes: readonly Pick<Vote, 'personId' | 'choice' | 'via'>[],
  now: ReadonlyMap<string, Choice>,
): { personId: string; what: Choice | 'withdrawn' }[] {
  const counted = new Map(votes.map((vote) => [vote.personId, vote.choice]));
  const changed = [...now].filter(([personId, choice]) => counted.get(personId) !== choice);
  const gone = votes.filter((vote) => vote.via === 'reaction' && !now.has(vote.personId));
  return [
    ...changed.map(([personId, what]) => ({ personId, what })),
    ...gone.map(({ personId }) => ({ personId, what: 'withdrawn' as const })),
  ];
}

/** One eligible no denies; `count` distinct eligible people's yes approves; otherwise it goes on waiting. */
export function verdictOf(
  votes: readonly Pick<Vote, 'personId' | 'choice'>[],
  eligible: ReadonlySet<string>,
  requesterId: string,
  count: number,
): 'approved' | 'denied' | null {
  const counted = votes.filter((vote) => vote.personId !== requesterId && eligible.has(vote.personId));
  if (counted.some((vote) => vote.choice === 'no')) return 'denied';
  return new Set(counted.map((vote) => vote.personId)).size >= count ? 'approved' : null;
}
