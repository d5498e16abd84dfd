import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { type RequestRecord, RunControl, workflowIdOf } from '../requests/index.js';
import { Runs } from './runs/index.js';

/** The topic on which the workflow of a halted request waits. */
export const RESUME_TOPIC = 'resume';

/** The runs of a request, stopped and gone on with from outside: binds the requests' port. */
@Injectable()
export class RequestRuns extends RunControl {
  constructor(
    private readonly runs: Runs,
    private readonly durable: Durable,
  ) {
    super();
  }

  cancel(tx: Tx, runId: string, by: string): Promise<boolean> {
    return this.runs.cancel(tx, runId, by);
  }

  goOn(tx: Tx, request: RequestRecord): Promise<string> {
    return this.runs.createContinuation(tx, { of: runOf(request), traceId: request.traceId });
  }

  rollBack(tx: Tx, request: RequestRecord): Promise<string> {
    const { id, traceId } = request;
    const subject = { kind: 'request' as const, id };
    return this.runs.createReverse(tx, { of: runOf(request), kind: 'rollback', subject, traceId });
  }

  wake(tx: Tx, { id }: RequestRecord, runId: string): Promise<void> {
    return this.durable.send(tx, workflowIdOf(id), { runId }, RESUME_TOPIC, `resume:${runId}`);
  }
}

function runOf({ id, runId }: RequestRecord): string {
  if (runId === null) throw new Error(`Request ${id} has no run.`);
  return runId;
}
