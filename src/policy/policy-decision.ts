export type Outcome = 'allow' | 'deny' | 'needs-approval';

/**
 * What one rule does to the outcome. `warn` never blocks; `audit` is a rule that is only tried out, `waived` one from which
 * somebody was granted an exception: both are listed and do not count.
 */
export type ReasonOutcome = Outcome | 'warn' | 'audit' | 'waived';

export interface DecisionReason {
  /** Rule id of access.yaml or of catalog/policies, or `default` when no rule spoke. */
  readonly rule: string;
  readonly outcome: ReasonOutcome;
  /** In the rule's own words, with what to do next. */
  readonly message: string;
  /** Present for a rule of catalog/policies. */
  readonly content?: {
    readonly title: string;
    /** Team id: who answers for the rule. */
    readonly owner: string;
    /** What it does, or would do if it counted. */
    readonly effect: 'deny' | 'needs-approval' | 'warn';
    readonly mode: 'enforce' | 'audit' | 'off';
    /** `until` in ISO 8601. */
    readonly waiver?: { readonly id: string; readonly until: string };
  };
}

/** Whose votes are wanted. The requester never counts. */
export interface ApprovalNeed {
  readonly count: number;
  readonly from: { readonly teamId?: string; readonly relation?: 'lead' | 'member'; readonly role?: string };
  /** "1 lead of Payments, not the requester" */
  readonly describe: string;
  readonly expiresAfterSeconds: number;
}

/** The strictest rule that spoke wins: deny over needs-approval over allow. Every rule that spoke is listed. */
export interface PolicyDecision {
  readonly outcome: Outcome;
  readonly reasons: readonly DecisionReason[];
  /** Present exactly when the outcome is needs-approval. */
  readonly approval?: ApprovalNeed;
}

export type Verb =
  | 'request'
  | 'view'
  | 'approve'
  | 'extend'
  | 'destroy'
  | 'cancel'
  | 'fetch-secret'
  | 'declare'
  | 'run-step'
  | 'audit'
  | 'administer';

/** What a verb is asked about. Leave out what the subject does not have. */
export interface PolicySubject {
  readonly kind: 'request' | 'approval' | 'resource' | 'incident' | 'audit' | 'catalog';
  readonly id?: string;
  /** The owning team. */
  readonly teamId?: string;
  readonly environment?: string;
  readonly itemName?: string;
  /** Who requested it or owns it. */
  readonly ownerId?: string;
}

export interface Permission {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface Team {
  readonly id: string;
  readonly title: string;
  /** Channel name without `#`. */
  readonly channel: string;
  readonly approvalsChannel: string;
}
