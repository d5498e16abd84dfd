import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Resources } from '../resources/index.js';
import { AppError } from '../shared/index.js';
import { Runs } from './runs/index.js';

/** What the teardown of a resource does at its stations. Every method may be repeated. */
@Injectable()
export class Teardown {
  constructor(
    private readonly transactions: Transactions,
    private readonly resources: Resources,
    private readonly runs: Runs,
    private readonly logger: Logger,
  ) {}

  /** The run that takes it back, made once for this attempt; null when there is nothing to take back. */
  async begin(resourceId: string): Promise<string | null> {
    const resource = await this.resources.get(resourceId);
    if (resource.state !== 'destroying' || resource.runId === null) return null;
    const unfinished = resource.destroyRunId === null ? null : await this.runs.find(resource.destroyRunId);
    if (unfinished?.state === 'waiting' || unfinished?.state === 'running') return unfinished.id;
    const [madeBy, later] = [resource.runId, await this.runs.operationsOn(resourceId)];
    return this.transactions.run(async (tx) => {
      const runId = await this.runs.createReverse(tx, {
        of: madeBy,
        later,
        kind: 'destroy',
        subject: { kind: 'resource', id: resourceId },
        traceId: resource.traceId,
      });
      await this.resources.setDestroyRun(tx, resourceId, runId);
      return runId;
    });
  }

  async conclude(resourceId: string, runId: string | null): Promise<void> {
    const run = runId === null ? null : await this.runs.get(runId);
    if (run === null || run.state === 'succeeded') return this.resources.markDestroyed(resourceId);
    const failed = run.steps.find((step) => step.state === 'failed');
    await this.resources.markDestroyFailed(
      resourceId,
      `“${failed?.title ?? 'A step'}” could not be taken back: ${failed?.failure?.sentence ?? 'the log has the details.'} Press Destroy to try again.`,
    );
  }

  /** Something outside of the steps went wrong. */
  async giveUp(resourceId: string, error: unknown): Promise<void> {
    this.logger.error('A resource could not be destroyed', error, { resourceId });
    const what = error instanceof AppError ? error.publicMessage : 'Something unexpected happened.';
    await this.resources.markDestroyFailed(resourceId, `${what} Press Destroy to try again.`);
  }
}
