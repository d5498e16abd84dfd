import type { JsonObject } from '../shared/index.js';

export type Severity = 'sev1' | 'sev2' | 'sev3' | 'sev4';

/** Whose votes a sensitive step wants. `relation` means the team that owns the affected resource. */
export interface StepApproval {
  readonly count: number;
  readonly from: { readonly relation?: 'lead' | 'member'; readonly role?: string; readonly teamId?: string };
  readonly expiresAfterSeconds: number;
}

interface StepBase {
  readonly name: string;
  readonly title: string;
  /** Plain words: what to look at, what it means, when to go on. */
  readonly instructions?: string;
  readonly approval?: StepApproval;
}

/** A person does it and says so. */
export interface ManualStep extends StepBase {
  readonly kind: 'manual';
  readonly instructions: string;
}

/** Looks, changes nothing; its output goes redacted into the thread. `automated` acts, through the engine of provisioning. */
export interface ActionStep extends StepBase {
  readonly kind: 'diagnostic' | 'automated';
  readonly action: string;
  /** May hold expressions over `resource.*`, `incident.*` and `steps.*`. */
  readonly with: JsonObject;
  readonly timeoutSeconds: number;
  /** It has a Roll back button: the action's `destroy` puts things back. */
  readonly reversible: boolean;
}

export type RunbookStep = ManualStep | ActionStep;

/** Ordered diagnostic and recovery steps, versioned, tied to catalog items. */
export interface Runbook {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly version: string;
  readonly digest: string;
  /** Team id. */
  readonly owner: string;
  readonly appliesTo: { readonly items: readonly string[]; readonly kinds: readonly string[] };
  /** Severities it is meant for; a hint for suggesting it. */
  readonly severities: readonly Severity[];
  readonly steps: readonly RunbookStep[];
  readonly file: string;
}
