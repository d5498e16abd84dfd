import type { Facts, Observation } from '../../orchestrator/index.js';
import type { Difference, DriftState } from './drift.js';

/** What is not as it was applied, or as it was accepted since. `accepted` is by the step's position. */
export function differencesIn(
  observations: readonly Observation[],
  accepted: ReadonlyMap<number, Facts>,
): Difference[] {
  return observations.flatMap(({ step, found, expected, mends }): Difference[] => {
    const about = { position: step.position, step: step.title };
    if (!found.exists)
      return [{ ...about, fact: null, expected: null, found: null, detail: found.detail, mends: true }];
    const wanted = { ...expected, ...accepted.get(step.position) };
    const { facts = {} } = found;
    return Object.entries(wanted).flatMap(([fact, value]) => {
      const now = facts[fact] ?? null;
      return now === value ? [] : [{ ...about, fact, expected: value, found: now, detail: found.detail, mends }];
    });
  });
}

export function driftState(differences: readonly Difference[]): DriftState {
  if (differences.some(({ fact }) => fact === null)) return 'missing';
  return differences.length === 0 ? 'same' : 'changed';
}

/** “connection limit is 50, should be 5” */
export function differenceWords({ fact, expected, found, detail }: Difference): string {
  if (fact === null) return detail;
  return `${fact} is ${wordOf(found)}, should be ${wordOf(expected)}`;
}

function wordOf(value: Difference['found']): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? 'not known' : String(value);
}
