import type { Person } from '../identity/index.js';
import type { AccessDocument, AccessRule } from './access-document.js';
import { approvalNeed, type WantedApproval, wantedByRule } from './approval-need.js';
import { canBeMet } from './enough-voters.js';
import type { DecisionReason, PolicyDecision, Verb } from './policy-decision.js';
import { type RuleSubject, spokenRules } from './spoken-rules.js';

export interface Question {
  readonly person: Person;
  readonly verb: Verb;
  readonly subject: RuleSubject;
  /** Reasons found outside access.yaml: the item's own limits. */
  readonly also?: readonly DecisionReason[];
  /** What is added to what was granted: by a runbook's step, or by the rules of catalog/policies. It never grants anything. */
  readonly further?: { readonly reasons: readonly DecisionReason[]; readonly wanted: readonly WantedApproval[] };
}

/**
 * The strictest rule that spoke wins: deny over needs-approval over allow; no rule is a deny. What only warns, is only
 * tried out, or was waived is listed and changes nothing.
 */
export function decide(access: AccessDocument, question: Question): PolicyDecision {
  const spoken = spokenRules(access.rules, question.person, question.verb, question.subject);
  const ruled = spoken.map(reasonOf);
  const granted = ruled.some((reason) => reason.outcome !== 'deny');
  const reasons = [...(question.also ?? []), ...ruled];
  if (!granted && !reasons.some((reason) => reason.outcome === 'deny'))
    return denied(reasons, defaultReason(access, question));
  const further = granted ? question.further : undefined;
  reasons.push(...(further?.reasons ?? []));
  if (reasons.some((reason) => reason.outcome === 'deny')) return { outcome: 'deny', reasons };
  const approvals = spoken.flatMap((rule) => (rule.approval === undefined ? [] : [wantedByRule(rule.approval)]));
  const wanted = [...approvals, ...(further?.wanted ?? [])];
  return wanted.length === 0 ? { outcome: 'allow', reasons } : withApproval(access, question, wanted, reasons);
}

function withApproval(
  access: AccessDocument,
  { person, subject }: Question,
  wanted: readonly WantedApproval[],
  reasons: readonly DecisionReason[],
): PolicyDecision {
  const { teamId, itemOwner } = subject;
  const about = {
    requester: person,
    ...(teamId !== undefined && { teamId }),
    ...(itemOwner !== undefined && { itemOwner }),
  };
  const approval = approvalNeed(wanted, about, access);
  if (approval === null) return denied(reasons, TEAMLESS);
  if (!canBeMet(approval, person.email, access)) return denied(reasons, nobodyReason(approval.describe, access));
  return { outcome: 'needs-approval', reasons, approval };
}

function denied(reasons: readonly DecisionReason[], because: DecisionReason): PolicyDecision {
  return { outcome: 'deny', reasons: [...reasons, because] };
}

function reasonOf(rule: AccessRule): DecisionReason {
  return {
    rule: rule.id,
    outcome: rule.effect,
    message: rule.remedy === undefined ? rule.message : `${rule.message} ${rule.remedy}`,
  };
}

const TEAMLESS: DecisionReason = {
  rule: 'no-owning-team',
  outcome: 'deny',
  message:
    'This needs an approval by the team that owns the resource, but no resource is named. Name the affected resource first.',
};

/** Everything is denied while there are no rules. */
export const NO_RULES: DecisionReason = {
  rule: 'no-access-rules',
  outcome: 'deny',
  message:
    'The access rules could not be loaded, so nothing is granted. What exists is kept. Ask the platform team to mend catalog/access.yaml.',
};

function defaultReason(access: AccessDocument, { verb, subject }: Question): DecisionReason {
  const team = access.teams.find((one) => one.id === subject.teamId);
  const where = subject.environment === undefined ? '' : ` in ${subject.environment}`;
  const whom = team === undefined ? `#${access.contactChannel}` : `#${team.channel}, or in #${access.contactChannel},`;
  return {
    rule: 'default',
    outcome: 'deny',
    message: `No rule lets you ${WORDS[verb]}${where}. Ask in ${whom} who may.`,
  };
}

const WORDS: Record<Verb, string> = {
  request: 'request this',
  view: 'see this',
  approve: 'approve this',
  extend: 'extend this lease',
  destroy: 'destroy this',
  transfer: 'give this to somebody else',
  operate: 'change this while it lives',
  upgrade: 'upgrade this with all the others of its item',
  cancel: 'cancel this',
  'fetch-secret': 'fetch these credentials',
  declare: 'declare an incident',
  'run-step': 'run this step',
  'break-glass': 'break the glass',
  audit: 'read the audit trail',
  administer: 'administer Quartermaster',
  explain: 'see how the rules decide for somebody else',
};

function nobodyReason(describe: string, access: AccessDocument): DecisionReason {
  return {
    rule: 'nobody-to-approve',
    outcome: 'deny',
    message: `This needs an approval by ${describe}, and there are not enough such people. Have somebody else of the team request it, or ask in #${access.contactChannel} to have one named in catalog/access.yaml.`,
  };
}
