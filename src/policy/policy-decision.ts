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

/** People by what they are; who that is, is looked up when a vote is cast. One of the three. */
export interface VoterGroup {
  readonly teamId?: string;
  readonly relation?: 'lead' | 'member';
  readonly role?: string;
  /** The manager of whoever has this e-mail address, by `managers` of access.yaml. */
  readonly managerOf?: string;
}

export interface ApprovalGroup {
  /** How many of them must agree. */
  readonly count: number;
  readonly from: VoterGroup;
  /** "1 lead of Payments" */
  readonly describe: string;
  /** Who may agree in their place once the stage has waited that long. */
  readonly escalation?: { readonly to: VoterGroup; readonly describe: string; readonly afterSeconds: number };
}

/** All of its groups must agree. */
export interface ApprovalStage {
  readonly all: readonly ApprovalGroup[];
}

/** Whose votes are wanted, stage after stage. The requester never counts, and nobody counts twice over all stages. */
export interface ApprovalNeed {
  readonly stages: readonly ApprovalStage[];
  /** "first 1 lead of Payments, then 1 security reviewer, not the requester" */
  readonly describe: string;
  readonly expiresAfterSeconds: number;
  readonly remindAfterSeconds?: number;
}

/** The strictest rule that spoke wins: deny over needs-approval over allow. Every rule that spoke is listed. */
export interface PolicyDecision {
  readonly outcome: Outcome;
  readonly reasons: readonly DecisionReason[];
  /** Present exactly when the outcome is needs-approval. */
  readonly approval?: ApprovalNeed;
}

/** What came of one rule of access.yaml. */
export interface AccessVerdict {
  readonly rule: string;
  readonly effect: Outcome;
  readonly message: string;
  readonly spoke: boolean;
}

export type Verb =
  | 'request'
  | 'view'
  | 'approve'
  | 'extend'
  | 'destroy'
  /** To give it to somebody else. */
  | 'transfer'
  /** What is done to it while it lives: the operations of its item, and decisions about drift. */
  | 'operate'
  /** To bring what lives to a newer version of its item, together with all the others of it. */
  | 'upgrade'
  | 'cancel'
  | 'fetch-secret'
  | 'declare'
  | 'run-step'
  | 'break-glass'
  | 'audit'
  | 'administer'
  /** To see how the rules would decide for somebody else. */
  | 'explain';

/** What a verb is asked about. Leave out what the subject does not have. */
export interface PolicySubject {
  readonly kind: 'request' | 'approval' | 'resource' | 'incident' | 'exception' | 'audit' | 'catalog';
  readonly id?: string;
  /** The owning team. */
  readonly teamId?: string;
  readonly environment?: string;
  readonly itemName?: string;
  /** The team that owns the catalog item. */
  readonly itemOwner?: string;
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
