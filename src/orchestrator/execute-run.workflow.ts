import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import persistently from 'p-retry';
import { z } from 'zod';
import { Durable, isEngineStop } from '../platform/durable/index.js';
import { Compensation, type ItineraryStep, type RunEnd, StepEngine } from './execution/index.js';

const BOOKKEEPING = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };
/** The same without a record in the durable engine, for what finds by itself that it was done: done again after a crash it answers the same. */
const UNRECORDED = { retries: 9, minTimeout: 500, factor: 2 };
const UNDOING = { retriesAllowed: true, maxAttempts: 6, intervalSeconds: 1, backoffRate: 2 };
/** Tries beyond a step's own, for when our own database or secret store is away meanwhile. */
const SPARE_TRIES = 8;
const LEAST_INTERVAL_SECONDS = 0.1;

/** Executes a run, as `run:<id>`: each step with its retries; on failure what was made is taken back in reverse order. */
@Injectable()
export class ExecuteRunWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly engine: StepEngine,
    private readonly compensation: Compensation,
  ) {}

  onModuleInit(): void {
    this.durable.define('execute-run', (runId) => this.execute(z.string().parse(runId)));
  }

  private async execute(runId: string): Promise<RunEnd> {
    const itinerary = await persistently(() => this.engine.start(runId), UNRECORDED);
    for (const stage of itinerary.stages) {
      if (await this.performAll(runId, stage)) continue;
      // What a newer version left behind: it is taken away with the rest one day.
      if (!itinerary.reverse && stage.every(({ isLast }) => isLast === true)) continue;
      // A teardown stops where it failed and is tried again from there; what was to be made is taken back.
      if (!itinerary.reverse) await this.compensate(runId);
      return this.finish(runId, 'failed');
    }
    const end = await this.finish(runId, 'succeeded');
    if (end !== 'stopping') return end;
    await this.compensate(runId);
    return this.finish(runId, 'failed');
  }

  /** The steps of a stage, at the same time. All of them come to their end, also when one fails. */
  private async performAll(runId: string, stage: readonly ItineraryStep[]): Promise<boolean> {
    // Started in one order, as the durable engine numbers them; what follows a failure is done one after the other for the same reason.
    const attempts = await Promise.allSettled(stage.map((step) => this.attempt(runId, step)));
    for (const attempt of attempts) if (attempt.status === 'rejected') throw attempt.reason;
    let isDone = true;
    for (const [index, attempt] of attempts.entries()) {
      const [step, outcome] = [stage[index], attempt.status === 'fulfilled' ? attempt.value : 'failed'];
      if (step === undefined || outcome === 'done' || outcome === 'skipped') continue;
      isDone = false;
      if (outcome === 'cancelled') continue;
      const fail = () => this.engine.fail(runId, step.position);
      await DBOS.runStep(fail, { name: `fail ${step.name}`, ...BOOKKEEPING });
    }
    return isDone;
  }

  private attempt(runId: string, { position, name, ...retry }: ItineraryStep) {
    return orFailed(() =>
      DBOS.runStep(() => this.engine.attempt(runId, position), {
        name: `step ${name}`,
        retriesAllowed: true,
        maxAttempts: retry.attempts + SPARE_TRIES,
        intervalSeconds: Math.max(LEAST_INTERVAL_SECONDS, retry.backoffSeconds),
        backoffRate: 2,
      }),
    );
  }

  private async compensate(runId: string): Promise<void> {
    const leftovers = () => this.compensation.leftovers(runId);
    for (const position of await DBOS.runStep(leftovers, { name: 'leftovers', ...BOOKKEEPING })) {
      const undo = () => this.compensation.undo(runId, position);
      const outcome = await orFailed(() => DBOS.runStep(undo, { name: `undo ${position}`, ...UNDOING }));
      if (outcome === 'done') continue;
      const giveUp = () => this.compensation.giveUp(runId, position);
      await DBOS.runStep(giveUp, { name: `leave ${position}`, ...BOOKKEEPING });
    }
  }

  private finish(runId: string, to: 'succeeded' | 'failed'): Promise<RunEnd> {
    return persistently(() => this.engine.finish(runId, to), UNRECORDED);
  }
}

/** That all tries are used up is an outcome. */
async function orFailed<T>(work: () => Promise<T>): Promise<T | 'failed'> {
  try {
    return await work();
  } catch (error) {
    if (isEngineStop(error)) throw error;
    return 'failed';
  }
}
