import type { DecisionReason, PolicyDecision } from '../policy/index.js';
import type { JsonObject } from '../shared/index.js';

/** Each rule that spoke with what it did, for the audit trail: never its words, which may hold what people typed. */
export function rulesSpoken({ reasons }: Pick<PolicyDecision, 'reasons'>): JsonObject[] {
  return reasons.map(({ rule, outcome, content }) => ({
    rule,
    outcome,
    ...(content && { effect: content.effect, mode: content.mode }),
    ...(content?.waiver && { exception: content.waiver.id }),
  }));
}

/** Those that are only tried out, and would have stood in the way. */
export function wouldHaveBlocked({ reasons }: Pick<PolicyDecision, 'reasons'>): DecisionReason[] {
  return reasons.filter(({ outcome, content }) => outcome === 'audit' && content?.effect !== 'warn');
}
