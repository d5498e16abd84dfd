export { lintAccess } from './lint-access.js';
export { type PlaybookStepQuestion, Policy, type RequestQuestion } from './policy.js';
export { PolicyModule, type PolicyOptions } from './policy.module.js';
export type {
  ApprovalNeed,
  DecisionReason,
  Outcome,
  Permission,
  PolicyDecision,
  PolicySubject,
  Team,
  Verb,
} from './policy-decision.js';
