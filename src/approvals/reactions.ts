import type { Choice, Vote } from './approval.js';

/** Who reacted how, as Slack says right now. */
export interface ReactionSets {
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

/** Someone with both ✅ and ❌ has not made up their mind: no vote. */
export function reactionChoices(reactions: ReactionSets): Map<string, Choice> {
  const [yes, no] = [new Set(reactions.yes), new Set(reactions.no)];
  const choices = new Map<string, Choice>();
  for (const personId of new Set([...yes, ...no]))
    if (yes.has(personId) !== no.has(personId)) choices.set(personId, yes.has(personId) ? 'yes' : 'no');
  return choices;
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
