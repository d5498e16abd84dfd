import { Injectable } from '@nestjs/common';
import type { CatalogItem, Runbook, RunbookStep } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import type { DocumentProblem } from '../platform/documents/index.js';
import type { Json } from '../shared/index.js';
import type { ApprovalNeed, Permission, PolicyDecision, PolicySubject, Team, Verb } from './policy-decision.js';

export interface RequestQuestion {
  readonly person: Person;
  readonly item: CatalogItem;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

export interface PlaybookStepQuestion {
  readonly person: Person;
  readonly runbook: Runbook;
  readonly step: RunbookStep;
  /** Of the affected resource; absent when the incident has none. */
  readonly resource?: { readonly teamId: string; readonly environment: string; readonly itemName: string };
}

const DENIED: PolicyDecision = { outcome: 'deny', reasons: [] };

/** Who may do what. Answers with a value and its reasons; the caller throws, asks or audits. */
@Injectable()
export class Policy {
  decideRequest(_question: RequestQuestion): PolicyDecision {
    return DENIED;
  }

  decidePlaybookStep(_question: PlaybookStepQuestion): PolicyDecision {
    return DENIED;
  }

  can(_person: Person, _verb: Verb, _subject: PolicySubject): Permission {
    return { allowed: false, reason: '' };
  }

  /** The people whose vote counts now, looked up afresh. */
  eligible(_need: ApprovalNeed, _requesterId: string): Promise<Person[]> {
    return Promise.resolve([]);
  }

  teams(): readonly Team[] {
    return [];
  }

  /** @throws UnknownTeam */
  team(id: string): Team {
    throw new Error(id);
  }

  /** The teams a person may request for. */
  teamsOf(_person: Person): readonly Team[] {
    return [];
  }

  problems(): readonly DocumentProblem[] {
    return [];
  }
}
