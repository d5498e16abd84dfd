import type { DecisionReason } from '../policy-decision.js';
import type { Waiver } from '../waivers.js';
import type { Rule, RuleEffect, RuleMode } from './rule-document.js';

/**
 * What came of one rule. `elsewhere`: it is about other items, environments or verbs. `failed`: it could not be judged and
 * counts as if it had fired. `unasked`: its OPA did not answer, and the rule says that it then does not count.
 */
export type VerdictState = 'off' | 'elsewhere' | 'silent' | 'fired' | 'failed' | 'unasked';

export interface RuleVerdict {
  readonly rule: string;
  readonly title: string;
  /** Team id: who answers for it. */
  readonly owner: string;
  readonly effect: RuleEffect;
  readonly mode: RuleMode;
  readonly state: VerdictState;
  /** In the rule's own words; '' when it did not speak. */
  readonly message: string;
  /** Present when it spoke, but somebody was granted an exception. */
  readonly waiver?: Waiver;
}

export function verdictOf(rule: Rule, state: VerdictState, message = ''): RuleVerdict {
  const { id, title, owner, effect, mode } = rule;
  return { rule: id, title, owner, effect, mode, state, message };
}

/** Whether the rule has something to say, counted or not. */
export function spoke({ state }: RuleVerdict): boolean {
  return state === 'fired' || state === 'failed' || state === 'unasked';
}

/** Whether it counts: it spoke, is enforced, and nobody waived it. */
export function counts(verdict: RuleVerdict): boolean {
  return spoke(verdict) && verdict.mode === 'enforce' && verdict.waiver === undefined;
}

/** What it does, or would do if it were enforced. A rule that could not be judged refuses, unless it only ever warns. */
export function effectOf({ state, effect }: RuleVerdict): RuleEffect {
  if (state === 'unasked') return 'warn';
  return state === 'failed' && effect !== 'warn' ? 'deny' : effect;
}

/** As it is listed in a decision. */
export function reasonOfVerdict(verdict: RuleVerdict): DecisionReason {
  const { rule, title, owner, message, mode, waiver } = verdict;
  const effect = effectOf(verdict);
  const outcome = waiver !== undefined ? 'waived' : mode === 'audit' ? 'audit' : effect;
  const content = { title, owner, effect, mode, ...(waiver && { waiver: waiverOf(waiver) }) };
  return { rule, outcome, message, content };
}

function waiverOf({ id, until }: Waiver): { readonly id: string; readonly until: string } {
  return { id, until: until.toISOString() };
}
