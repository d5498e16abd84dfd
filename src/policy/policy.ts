import { Injectable } from '@nestjs/common';
import {
  type CatalogItem,
  isOffered,
  lifecycleSentence,
  type Runbook,
  type RunbookStep,
  type StepApproval,
} from '../catalog/index.js';
import { People, type Person } from '../identity/index.js';
import type { DocumentProblem } from '../platform/documents/index.js';
import type { Json } from '../shared/index.js';
import { AccessBook } from './access-book.js';
import type { AccessTeam } from './access-document.js';
import { approvalNeed, wantedByStep } from './approval-need.js';
import { decide, NO_RULES, type Question } from './decide.js';
import { canBeMet } from './enough-voters.js';
import { UnknownTeam } from './policy.errors.js';
import type {
  AccessVerdict,
  ApprovalNeed,
  DecisionReason,
  Permission,
  PolicyDecision,
  PolicySubject,
  Team,
  Verb,
  VoterGroup,
} from './policy-decision.js';
import type { ContentFindings } from './rules/content-rules.js';
import { spokenRules } from './spoken-rules.js';

export interface RequestQuestion {
  readonly person: Person;
  readonly item: CatalogItem;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** What the rules of catalog/policies found; left out as long as they were not asked. */
  readonly content?: Pick<ContentFindings, 'reasons' | 'wanted'>;
}

export interface PlaybookStepQuestion {
  readonly person: Person;
  readonly runbook: Runbook;
  readonly step: RunbookStep;
  /** The affected resource; absent when the incident names none. */
  readonly resource?: { readonly teamId: string; readonly environment: string; readonly itemName: string };
}

export interface OperationQuestion {
  readonly person: Person;
  readonly name: string;
  readonly title: string;
  readonly approval?: StepApproval;
  readonly resource: { readonly teamId: string; readonly environment: string; readonly itemName: string };
  /** Whose the resource is. */
  readonly ownerId: string;
  readonly itemOwner?: string;
  /** Where it is done together with all the others of an item. */
  readonly verb?: 'operate' | 'upgrade';
  /** What the rules on content found. */
  readonly content?: Pick<ContentFindings, 'reasons' | 'wanted'>;
}

/** No rule can lift this one. */
const OWN_REQUEST: DecisionReason = {
  rule: 'own-request',
  outcome: 'deny',
  message: 'Nobody approves what they requested themselves. Ask somebody else who may.',
};

/** Who may do what, by access.yaml. Answers with a value and its reasons; the caller throws, asks or audits. */
@Injectable()
export class Policy {
  constructor(
    private readonly book: AccessBook,
    private readonly people: People,
  ) {}

  /** Whether this person may have this item for this team and environment, and as it is wished for if the rules on content were asked. */
  decideRequest(question: RequestQuestion): PolicyDecision {
    const { person, item, teamId, environment, content } = question;
    const subject = { teamId, environment, itemName: item.name, itemOwner: item.owner, ownerId: person.id };
    const also = this.itemLimits(question);
    return this.answer({ person, verb: 'request', subject, also, ...(content && { further: content }) });
  }

  /** Every rule of access.yaml about requests, and whether it speaks for this person and place. */
  accessVerdicts({
    person,
    item,
    teamId,
    environment,
  }: Omit<RequestQuestion, 'parameters' | 'content'>): AccessVerdict[] {
    const rules = (this.book.current()?.rules ?? []).filter(({ can }) => can.includes('request'));
    const subject = { teamId, environment, itemName: item.name, ownerId: person.id };
    const spoken = spokenRules(rules, person, 'request', subject).map(({ id }) => id);
    return rules.map(({ id, effect, message }) => ({ rule: id, effect, message, spoke: spoken.includes(id) }));
  }

  /** Whether this person may run this step of a playbook, by the rules and by the approval the step itself wants. */
  decidePlaybookStep({ person, runbook, step, resource }: PlaybookStepQuestion): PolicyDecision {
    const subject = { ...resource, stepKind: step.kind };
    const { approval } = step;
    if (approval === undefined) return this.answer({ person, verb: 'run-step', subject });
    const reason: DecisionReason = {
      rule: `runbook:${runbook.name}/${step.name}`,
      outcome: 'needs-approval',
      message: `The runbook wants an approval for “${step.title}”.`,
    };
    return this.answer({
      person,
      verb: 'run-step',
      subject,
      further: { reasons: [reason], wanted: [wantedByStep(approval)] },
    });
  }

  /** Whether this person may do this to that living resource, by the rules and by the approval that the operation itself wants. */
  decideOperation(question: OperationQuestion): PolicyDecision {
    const { person, name, title, approval, resource, ownerId, itemOwner, content, verb = 'operate' } = question;
    const subject = { ...resource, ownerId, ...(itemOwner !== undefined && { itemOwner }) };
    if (approval === undefined) return this.answer({ person, verb, subject, ...(content && { further: content }) });
    const rule = `item:${resource.itemName}/${name}`;
    const reason: DecisionReason = {
      rule,
      outcome: 'needs-approval',
      message: `The item wants an approval for “${title}”.`,
    };
    return this.answer({
      person,
      verb,
      subject,
      further: {
        reasons: [reason, ...(content?.reasons ?? [])],
        wanted: [wantedByStep(approval), ...(content?.wanted ?? [])],
      },
    });
  }

  /** Whether this person may do this to that subject. A verb that would need an approval is not allowed by itself. */
  can(person: Person, verb: Verb, subject: PolicySubject): Permission {
    const { kind: _kind, ...facts } = subject;
    const also = verb === 'approve' && subject.ownerId === person.id ? [OWN_REQUEST] : [];
    const { outcome, reasons } = this.answer({ person, verb, subject: facts, also });
    const telling = reasons.filter((reason) => reason.outcome === outcome).map((reason) => reason.message);
    return { allowed: outcome === 'allow', reason: telling.join(' ') };
  }

  /** A vote by a lead of this team who is not the person. Null when there is none. */
  needLeadOf(teamId: string, person: Person, expiresAfterSeconds: number): ApprovalNeed | null {
    const access = this.book.current();
    if (access === null) return null;
    const stages = [[{ count: 1, from: { teamId, relation: 'lead' as const } }]];
    const need = approvalNeed([{ stages, expiresAfterSeconds }], { requester: person }, access);
    return need !== null && canBeMet(need, person.email, access) ? need : null;
  }

  /** Who these people are at this moment: asked afresh for a vote, a minute old at most otherwise. */
  voters({ role, teamId, relation, managerOf }: VoterGroup, freshness: { fresh: boolean }): Promise<Person[]> {
    if (managerOf !== undefined) return this.people.managerOf(managerOf, freshness);
    if (role !== undefined) return this.people.withRole(role, freshness);
    return teamId === undefined ? Promise.resolve([]) : this.people.inTeam(teamId, relation, freshness);
  }

  teams(): readonly Team[] {
    return (this.book.current()?.teams ?? []).map(teamOf);
  }

  /** Where those who run the platform are met: a channel's name without `#`. Empty while there is no access.yaml. */
  contactChannel(): string {
    return this.book.current()?.contactChannel ?? '';
  }

  /** @throws UnknownTeam */
  team(id: string): Team {
    const found = this.teams().find((team) => team.id === id);
    if (found === undefined) throw new UnknownTeam();
    return found;
  }

  /** What people call a team; its id if access.yaml doesn't have it any more. */
  teamTitle(id: string): string {
    return this.teams().find((team) => team.id === id)?.title ?? id;
  }

  /** The teams a person belongs to, in the order of the file. */
  teamsOf(person: Person): readonly Team[] {
    return this.teams().filter((team) => person.teams.some(({ teamId }) => teamId === team.id));
  }

  environments(): readonly string[] {
    return this.book.current()?.environments ?? [];
  }

  /** What is wrong in access.yaml right now. */
  problems(): readonly DocumentProblem[] {
    return this.book.problems();
  }

  /** Reads access.yaml again. */
  reload(): Promise<void> {
    return this.book.reload();
  }

  private answer(question: Question): PolicyDecision {
    const access = this.book.current();
    return access === null ? { outcome: 'deny', reasons: [NO_RULES] } : decide(access, question);
  }

  private itemLimits({ item, teamId, environment }: RequestQuestion): DecisionReason[] {
    const limits: DecisionReason[] = [];
    const deny = (rule: string, message: string): void => {
      limits.push({ rule, outcome: 'deny', message });
    };
    if (!this.teams().some((team) => team.id === teamId))
      deny('unknown-team', 'There is no such team. Choose one of your teams.');
    if (!item.environments.includes(environment) || !this.environments().includes(environment))
      deny(
        'item-environment',
        `${item.title} is not offered in this environment. Choose ${item.environments.join(', ')}.`,
      );
    return [...limits, ...lifecycleReasons(item)];
  }
}

/** A deprecated item only warns; of what can't be had here, nobody is asked to approve anything. */
function lifecycleReasons(item: CatalogItem): DecisionReason[] {
  const message = lifecycleSentence(item);
  if (message === null) return [];
  const rule = (item.lacks ?? []).length > 0 ? 'item-needs' : `item-${item.lifecycle}`;
  return [{ rule, outcome: isOffered(item) ? 'warn' : 'deny', message }];
}

function teamOf({ id, title, channel, approvalsChannel }: AccessTeam): Team {
  return { id, title, channel, approvalsChannel };
}
