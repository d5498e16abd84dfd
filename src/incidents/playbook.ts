import type { RunbookStep } from '../catalog/index.js';

export type PlaybookState = 'in-use' | 'set-aside';

export type PlaybookStepState =
  | 'waiting'
  | 'awaiting-approval'
  | 'running'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'rolling-back'
  | 'rolled-back'
  | 'rollback-failed';

export interface PlaybookStep {
  readonly playbookId: string;
  readonly name: string;
  readonly title: string;
  readonly kind: RunbookStep['kind'];
  readonly instructions: string | null;
  readonly reversible: boolean;
  readonly state: PlaybookStepState;
  /** How often it was started; part of the workflow's id, so that a second try is a second execution. */
  readonly attempt: number;
  readonly approvalId: string | null;
  readonly runId: string | null;
  readonly rollbackRunId: string | null;
  /** Why it is where it is: an error's sentence, who denied it. */
  readonly note: string | null;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
  readonly version: number;
}

/** A runbook in use in an incident. The runbook's exact version is pinned. */
export interface Playbook {
  readonly id: string;
  readonly incidentId: string;
  readonly runbook: {
    readonly name: string;
    readonly digest: string;
    readonly title: string;
    readonly summary: string;
  };
  readonly state: PlaybookState;
  readonly steps: readonly PlaybookStep[];
}

/** Steps that need nobody any more: done, skipped or taken back. */
export function isSettled(step: PlaybookStep): boolean {
  return step.state === 'done' || step.state === 'skipped' || step.state === 'rolled-back';
}

/** The durable execution of one attempt of a step: the same click twice is the same execution. */
export function stepWorkflowId({ playbookId, name, attempt }: PlaybookStep): string {
  return `playbook:${playbookId}:${name}:${attempt}`;
}
