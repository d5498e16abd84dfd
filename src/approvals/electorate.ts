/** Who may vote on one approval, at one moment. The requester is nowhere in it. */
export interface Electorate {
  /** For each stage, for each of its groups: those whose agreement counts there. */
  readonly stages: readonly (readonly ReadonlySet<string>[])[];
  /** Those who are away, by the person who stands in for them. */
  readonly standIns: ReadonlyMap<string, readonly string[]>;
  /** Of those who are asked: who is away. */
  readonly away: readonly { readonly personId: string; readonly delegateId: string | null }[];
  /** Of those who voted in somebody's place: who may still act at all. */
  readonly active: ReadonlySet<string>;
}

export function isInStage(electorate: Electorate, stage: number, personId: string): boolean {
  return (electorate.stages[stage] ?? []).some((group) => group.has(personId));
}

/** The first stage that asks this person in their own right; null when none does. */
export function stageOf(electorate: Electorate, personId: string): number | null {
  const stage = electorate.stages.findIndex((groups) => groups.some((group) => group.has(personId)));
  return stage < 0 ? null : stage;
}

/** Everybody a stage asks, and those who stand in for somebody it asks. */
export function askedIn(electorate: Electorate, stage: number): Set<string> {
  const asked = new Set((electorate.stages[stage] ?? []).flatMap((group) => [...group]));
  for (const [standIn, principals] of electorate.standIns)
    if (principals.some((principal) => isInStage(electorate, stage, principal))) asked.add(standIn);
  return asked;
}
