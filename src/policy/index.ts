export { type PlaybookStepQuestion, Policy, type RequestQuestion } from './policy.js';
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
