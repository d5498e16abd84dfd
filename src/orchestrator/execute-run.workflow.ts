import { DBOS, DBOSWorkflowConflictError, Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Durable } from '../platform/durable/index.js';
import { type Itinerary, StepEngine } from './step-engine.js';

const BOOKKEEPING = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };
const UNDOING = { retriesAllowed: true, maxAttempts: 5, intervalSeconds: 1, backoffRate: 2 };

/** Executes a run, as `run:<id>`: each step with its retries; on failure what was made is taken back in reverse order. */
@Injectable()
export class ExecuteRunWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly engine: StepEngine,
  ) {}

  onModuleInit(): void {
    this.durable.define('execute-run', (runId) => this.execute(String(runId)));
  }

  private async execute(runId: string): Promise<'succeeded' | 'failed'> {
    const itinerary = await DBOS.runStep(() => this.engine.start(runId), { name: 'start', ...BOOKKEEPING });
    for (const step of itinerary.steps) {
      if (await this.perform(runId, step)) continue;
      if (!itinerary.reverse) await this.compensate(runId);
      return this.finish(runId, 'failed');
    }
    return this.finish(runId, 'succeeded');
  }

  private async perform(runId: string, step: Itinerary['steps'][number]): Promise<boolean> {
    const retry = {
      retriesAllowed: true,
      maxAttempts: Math.max(1, step.attempts),
      intervalSeconds: Math.max(0.1, step.backoffSeconds),
      backoffRate: 2,
    };
    const outcome = await lasting(() =>
      DBOS.runStep(() => this.engine.attempt(runId, step.position), { name: `step ${step.name}`, ...retry }),
    );
    if (outcome === 'done' || outcome === 'skipped') return true;
    await DBOS.runStep(() => this.engine.fail(runId, step.position), { name: `fail ${step.name}`, ...BOOKKEEPING });
    return false;
  }

  private async compensate(runId: string): Promise<void> {
    const positions = await DBOS.runStep(() => this.engine.leftovers(runId), { name: 'leftovers', ...BOOKKEEPING });
    for (const position of positions) {
      const outcome = await lasting(() =>
        DBOS.runStep(() => this.engine.compensate(runId, position), { name: `undo ${position}`, ...UNDOING }),
      );
      if (outcome !== 'done')
        await DBOS.runStep(() => this.engine.giveUpCompensating(runId, position), {
          name: `leave ${position}`,
          ...BOOKKEEPING,
        });
    }
  }

  private async finish(runId: string, to: 'succeeded' | 'failed'): Promise<'succeeded' | 'failed'> {
    await DBOS.runStep(() => this.engine.finish(runId, to), { name: 'finish', ...BOOKKEEPING });
    return to;
  }
}

/** Retries used up are an outcome; being fenced off or cancelled is not ours to handle and goes on up. */
async function lasting<T>(work: () => Promise<T>): Promise<T | 'failed'> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DBOSWorkflowConflictError || error instanceof EngineErrors.DBOSWorkflowCancelledError)
      throw error;
    return 'failed';
  }
}
