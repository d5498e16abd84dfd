import type { Facts } from '../../orchestrator/index.js';

export type DriftState = 'unchecked' | 'same' | 'changed' | 'missing';
type Fact = Facts[string];

/** One thing that is not as it should be. */
export interface Difference {
  /** Of the step that made it. */
  readonly position: number;
  readonly step: string;
  /** Null: the whole thing is missing. */
  readonly fact: string | null;
  readonly expected: Fact | null;
  readonly found: Fact | null;
  readonly detail: string;
  /** Whether Reconcile can put it right. */
  readonly mends: boolean;
}

/** What is known about one living resource: differences as of the last reading that worked. */
export interface Drift {
  readonly resourceId: string;
  readonly state: DriftState;
  readonly differences: readonly Difference[];
  /** Why it could not be read the last time; that is no drift. */
  readonly failure: string | null;
  readonly checkedAt: Date | null;
  /** Since when it is not as it should be. */
  readonly since: Date | null;
  readonly ignoredUntil: Date | null;
  readonly ignoredBy: string | null;
  readonly version: number;
}

/** The right to record one check: a later claim, or a change meanwhile, makes it void. */
export interface Claim {
  readonly resourceId: string;
  readonly version: number;
}
