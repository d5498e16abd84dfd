import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Audit } from '../../audit/index.js';
import { Metrics } from '../../observability/index.js';
import { Observer, Runs, type StepRun } from '../../orchestrator/index.js';
import { Changes } from '../../platform/changes/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { Redactor } from '../../secrets/index.js';
import { AppError, canonicalJson } from '../../shared/index.js';
import type { OrphanClaim, OrphanedThing } from './orphan.js';
import { OrphanStore } from './orphan.store.js';

const TICK_MILLISECONDS = 60_000;
const BATCH = 20;

/** The card that lists all of them. */
export const ORPHANS_CARD = { kind: 'orphans', id: 'all' } as const;

/** Compares what runs should have left, which is nothing, with what is there. It may be missed, repeated or run on every replica at once. */
@Injectable()
export class OrphanSweep {
  private isRunning = false;

  constructor(
    private readonly store: OrphanStore,
    private readonly runs: Runs,
    private readonly observer: Observer,
    private readonly transactions: Transactions,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly redactor: Redactor,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      await this.run();
    } catch (error) {
      this.logger.error('The sweep that looks for orphans failed; the next tick tries again', error);
    } finally {
      this.isRunning = false;
    }
  }

  /** Answers how many runs it looked after. */
  async run(): Promise<number> {
    await this.store.addMissing();
    await this.remind();
    const due = await this.store.claimDue(BATCH);
    for (const claim of due) await this.look(claim);
    this.metrics.orphans.set(await this.store.countLeft('open'));
    return due.length;
  }

  /** What was ignored for long enough is back on the card. */
  private async remind(): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (await this.store.remind(tx)) await this.changes.mark(tx, ORPHANS_CARD);
    });
  }

  /** One look that was claimed. Whatever goes wrong is written down, and is no orphan. */
  async look(claim: OrphanClaim): Promise<void> {
    try {
      await this.record(claim, await this.thingsLeft(claim.runId));
    } catch (error) {
      this.logger.warn('What a run left could not be looked at', { runId: claim.runId, error: String(error) });
      const sentence = error instanceof AppError ? error.publicMessage : 'Something unexpected happened.';
      await this.transactions.run(async (tx) => {
        await this.store.recordFailure(tx, claim, this.redactor.text(sentence));
        await this.changes.mark(tx, ORPHANS_CARD);
      });
    }
  }

  /** What a living resource has by now is nobody's orphan. */
  private async thingsLeft(runId: string): Promise<OrphanedThing[]> {
    const [run, takenOver] = [await this.runs.get(runId), await this.store.takenOver(runId)];
    // What an upgrade that failed had found alive was put back, and is the resource's.
    const isPutBack = ({ template }: StepRun) =>
      run.kind === 'upgrade' && run.state !== 'succeeded' && template.was !== undefined;
    const isMeant = (step: StepRun) => !takenOver.has(step.position) && !isPutBack(step) && this.observer.isOwned(step);
    const observations = await this.observer.look(run, isMeant);
    return observations
      .filter(({ found }) => found.exists)
      .map(({ step: { position, title }, found }) => ({
        position,
        step: title,
        detail: this.redactor.text(found.detail),
      }));
  }

  private async record(claim: OrphanClaim, things: readonly OrphanedThing[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      const before = await this.store.find(claim.runId, tx);
      if (before === null || !(await this.store.record(tx, claim, things))) return;
      const isKnown = before.state === (things.length > 0 ? 'found' : 'gone') && before.failure === null;
      if (isKnown && canonicalJson(before.things) === canonicalJson(things)) return;
      if (before.state === 'unchecked' && things.length === 0) return;
      await this.changes.mark(tx, ORPHANS_CARD);
      const summary =
        things.length === 0
          ? 'nothing is left behind any more'
          : `left something behind: ${things.map(({ detail }) => detail).join('; ')}`;
      await this.audit.append(tx, {
        type: things.length === 0 ? 'orphan.gone' : 'orphan.found',
        actor: { kind: 'system', id: 'lifecycle' },
        subject: before.subject,
        traceId: before.traceId,
        summary,
        data: { runId: claim.runId },
      });
    });
  }
}
