import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../../audit/index.js';
import { Changes } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import type { JsonObject } from '../../shared/index.js';
import {
  type Run,
  type RunState,
  RunStore,
  type StepFailure,
  type StepRun,
  type StepRunState,
  StepTalkStore,
} from '../runs/index.js';
import { OutputTalk } from './output-talk.js';

const ENDED: ReadonlySet<StepRunState> = new Set(['succeeded', 'failed']);
const SYSTEM: AuditActor = { kind: 'system', id: 'orchestrator' };

/** For the audit trail and the log: a type in the past tense, and a plain line. */
export interface RunEvent {
  readonly type: string;
  readonly summary: string;
}

export interface StepMove {
  readonly from: readonly StepRunState[];
  readonly to: StepRunState;
  /** None for what leads up to an event, and follows from it. */
  readonly event: RunEvent | null;
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  readonly actionState?: JsonObject;
  readonly countsAttempt?: boolean;
}

/** Each move of a run and its steps: one transaction with the compare-and-set, the mark for the card and the audit event; then a log line. */
@Injectable()
export class RunJournal {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RunStore,
    private readonly said: StepTalkStore,
    private readonly talk: OutputTalk,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly logger: Logger,
  ) {}

  /** False when it had moved already. */
  async moveRun(run: Run, from: readonly RunState[], to: RunState, event: RunEvent): Promise<boolean> {
    const moved = await this.transactions.run(async (tx) => {
      if (!(await this.store.move(tx, run.id, from, to))) return false;
      await this.record(tx, run, event);
      return true;
    });
    if (moved) this.logger.info(event.type, { runId: run.id, subject: run.subject.id });
    return moved;
  }

  /** False when the step had moved already. */
  async moveStep(run: Run, step: StepRun, { from, to, event, ...more }: StepMove): Promise<boolean> {
    const moved = await this.transactions.run(async (tx) => {
      const said = await this.store.moveStep(tx, run.id, step.position, from, to, more);
      if (said === null) return false;
      if (ENDED.has(to)) await this.talk.atItsEnd(tx, run, step, said);
      await this.record(tx, run, event, step);
      return true;
    });
    if (moved && event !== null)
      this.logger.info(event.type, { runId: run.id, subject: run.subject.id, step: step.name, action: step.action });
    return moved;
  }

  /** Shows on the step what went wrong while it is tried again. Answers how many attempts have ended; null when the step is settled. */
  noteFailure(run: Run, step: StepRun, failure: StepFailure, countsAttempt: boolean): Promise<number | null> {
    return this.transactions.run(async (tx) => {
      const attempts = await this.store.noteFailure(tx, run.id, step.position, failure, countsAttempt);
      await this.changes.mark(tx, run.subject);
      return attempts;
    });
  }

  /** The newest line is shown on the card; all of them are kept, and said in the subject's thread a handful at a time. */
  async showProgress(run: Run, step: StepRun, lines: readonly string[]): Promise<void> {
    const newest = lines.at(-1);
    if (newest === undefined) return;
    await this.transactions.run(async (tx) => {
      await this.store.setProgress(tx, run.id, step.position, newest);
      await this.talk.whileItRuns(tx, run, step, await this.said.add(tx, run.id, step.position, lines));
      await this.changes.mark(tx, run.subject);
    });
  }

  private async record(tx: Tx, run: Run, event: RunEvent | null, step?: StepRun): Promise<void> {
    await this.changes.mark(tx, run.subject);
    if (event === null) return;
    const data = { runId: run.id, ...(step !== undefined && { step: step.name, key: step.idempotencyKey }) };
    await this.audit.append(tx, { ...event, actor: SYSTEM, subject: run.subject, traceId: run.traceId, data });
  }
}
