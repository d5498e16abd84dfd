import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { type Verdict, verdictSchema } from '../approvals/index.js';
import { Durable, isEngineStop } from '../platform/durable/index.js';
import { ApprovalGate } from './approval-gate.js';
import { Fulfilment } from './fulfilment.js';
import { isPassing } from './passing.js';

const RETRIES = {
  retriesAllowed: true,
  maxAttempts: 10,
  intervalSeconds: 0.5,
  backoffRate: 2,
  shouldRetry: isPassing,
};

/**
 * The way of a request after it was sent: approval → its turn → apply the steps → activate the resource → notify. It waits for
 * people and for its turn as a row, not as a workflow: `request:<id>` begins it, `request:<id>:decided` goes on once votes have
 * decided, `perform:<run>` once a run has its turn.
 */
@Injectable()
export class FulfilRequestWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly gate: ApprovalGate,
    private readonly fulfilment: Fulfilment,
  ) {}

  onModuleInit(): void {
    this.durable.define('fulfil-request', (id, verdict) => {
      const requestId = z.string().parse(id);
      return this.endVisibly(requestId, () => this.fulfil(requestId, verdictSchema.nullish().parse(verdict) ?? null));
    });
    this.durable.define('perform-run', (id, run) => {
      const requestId = z.string().parse(id);
      return this.endVisibly(requestId, () => this.perform(requestId, z.string().parse(run)));
    });
  }

  /** Whatever goes wrong on the way, the request does not stay under way for ever. */
  private async endVisibly(requestId: string, way: () => Promise<void>): Promise<void> {
    try {
      await way();
    } catch (error) {
      if (isEngineStop(error)) throw error;
      await DBOS.runStep(() => this.fulfilment.giveUp(requestId, error), { name: 'give up', ...RETRIES });
    }
  }

  private async fulfil(requestId: string, verdict: Verdict | null): Promise<void> {
    const may = () => (verdict === null ? this.gate.needsNone(requestId) : this.gate.decided(requestId, verdict));
    if (!(await DBOS.runStep(may, { name: 'approval', ...RETRIES }))) return;
    const runId = await DBOS.runStep(() => this.fulfilment.begin(requestId), { name: 'begin', ...RETRIES });
    if (runId !== null) await this.perform(requestId, runId);
  }

  private async perform(requestId: string, runId: string): Promise<void> {
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.fulfilment.conclude(requestId, runId), { name: 'conclude', ...RETRIES });
  }
}
