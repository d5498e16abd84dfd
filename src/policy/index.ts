export { accessParser } from './access-document.js';
export { ActiveIncidents } from './active-incidents.js';
export { BROKEN_GLASS_LEASE_HOURS, throughBrokenGlass } from './broken-glass.js';
export { lintAccess } from './lint-access.js';
export { type PlaybookStepQuestion, Policy, type RequestQuestion } from './policy.js';
export { PolicyModule, type PolicyOptions } from './policy.module.js';
export type {
  AccessVerdict,
  ApprovalGroup,
  ApprovalNeed,
  ApprovalStage,
  DecisionReason,
  Outcome,
  Permission,
  PolicyDecision,
  PolicySubject,
  ReasonOutcome,
  Team,
  Verb,
  VoterGroup,
} from './policy-decision.js';
export { type FilePolicy, policyOfFiles } from './policy-of-files.js';
export {
  type ContentFindings,
  type ContentQuestion,
  ContentRules,
  type JudgedItem,
  type Occasion,
} from './rules/content-rules.js';
export { freezeParser } from './rules/freeze-document.js';
export { type Rule, ruleParser } from './rules/rule-document.js';
export type { CostFacts, IncidentFact, QuotaFact, ResourceFacts } from './rules/rule-facts.js';
export { type RuleVerdict, type VerdictState } from './rules/rule-verdict.js';
export { type PolicyReport, testPolicies } from './test-policies.js';
export { type Waiver, type WaiverPlace, Waivers } from './waivers.js';
