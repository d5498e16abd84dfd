import type { Approval, Choice } from './approval.js';
import { type Electorate, isInStage, stageOf } from './electorate.js';
import { principalOf, standingOf } from './tally.js';

/** Where a person's vote belongs, or why it does not count. */
export type Place =
  | { readonly kind: 'here'; readonly stage: number; readonly onBehalfOf: string | null }
  /** Their yes is in already, in an earlier stage: nobody counts twice. */
  | { readonly kind: 'counted-before'; readonly stage: number }
  /** Their stage comes later. */
  | { readonly kind: 'not-yet'; readonly stage: number }
  /** Somebody else's vote stands for the person in whose place they would vote. */
  | { readonly kind: 'taken'; readonly principal: string }
  | { readonly kind: 'requester' }
  | { readonly kind: 'not-asked' };

type Situation = Pick<Approval, 'need' | 'votes' | 'requesterId'>;

/** A yes belongs in the open stage, else in an earlier one; a no anywhere. In their own right before somebody's place. */
export function placeOf(personId: string, choice: Choice, approval: Situation, electorate: Electorate): Place {
  if (personId === approval.requesterId) return { kind: 'requester' };
  const { open, counted } = standingOf(approval, electorate);
  const own = counted.find((vote) => vote.personId === personId);
  if (own !== undefined && choice === 'no') return { kind: 'here', stage: own.stage, onBehalfOf: own.onBehalfOf };
  if (own?.choice === 'yes' && own.stage < open) return { kind: 'counted-before', stage: own.stage };
  const principals = principalsOf(personId, approval, electorate);
  for (const stage of stagesFrom(open, approval.need.stages.length)) {
    const principal = principals.free.find((one) => isInStage(electorate, stage, one));
    if (principal === undefined) continue;
    if (stage > open && choice === 'yes') return { kind: 'not-yet', stage };
    return { kind: 'here', stage, onBehalfOf: principal === personId ? null : principal };
  }
  const taken = principals.taken.find((one) => stageOf(electorate, one) !== null);
  return taken === undefined ? { kind: 'not-asked' } : { kind: 'taken', principal: taken };
}

/** Themselves, then those in whose place they stand and who have no other vote yet. */
function principalsOf(
  personId: string,
  { votes, requesterId }: Situation,
  { standIns }: Electorate,
): { free: string[]; taken: string[] } {
  const away = (standIns.get(personId) ?? []).filter((principal) => principal !== requesterId);
  const others = votes.filter((vote) => vote.personId !== personId);
  const isTaken = (principal: string): boolean =>
    others.some((vote) => vote.personId === principal || principalOf(vote) === principal);
  return {
    free: [personId, ...away.filter((principal) => !isTaken(principal))],
    taken: away.filter(isTaken),
  };
}

/** The open one, then those before it, newest first, then those to come. */
function stagesFrom(open: number, count: number): number[] {
  const all = Array.from({ length: count }, (_, stage) => stage);
  return [...all.filter((stage) => stage <= open).reverse(), ...all.filter((stage) => stage > open)];
}
