import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable, isEngineStop } from '../platform/durable/index.js';
import { ApprovalGate, verdictSchema } from './approval-gate.js';
import { Fulfilment } from './fulfilment.js';
import { isPassing } from './passing.js';

const RETRIES = {
  retriesAllowed: true,
  maxAttempts: 10,
  intervalSeconds: 0.5,
  backoffRate: 2,
  shouldRetry: isPassing,
};

/** The way of a request after it was sent, as `request:<id>`: gather approval → apply the steps → activate the resource → notify. */
@Injectable()
export class FulfilRequestWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly gate: ApprovalGate,
    private readonly fulfilment: Fulfilment,
  ) {}

  onModuleInit(): void {
    this.durable.define('fulfil-request', (requestId) => this.endVisibly(z.string().parse(requestId)));
  }

  /** Whatever goes wrong on the way, the request does not stay under way for ever. */
  private async endVisibly(requestId: string): Promise<void> {
    try {
      await this.fulfil(requestId);
    } catch (error) {
      if (isEngineStop(error)) throw error;
      await DBOS.runStep(() => this.fulfilment.giveUp(requestId, error), { name: 'give up', ...RETRIES });
    }
  }

  private async fulfil(requestId: string): Promise<void> {
    if (!(await this.gatherApproval(requestId))) return;
    const runId = await DBOS.runStep(() => this.fulfilment.begin(requestId), { name: 'begin', ...RETRIES });
    if (runId === null) return;
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.fulfilment.conclude(requestId, runId), { name: 'conclude', ...RETRIES });
  }

  /** True when it may go on: no approval was wanted, or it was given. */
  private async gatherApproval(requestId: string): Promise<boolean> {
    const wait = await DBOS.runStep(() => this.gate.awaited(requestId), { name: 'awaited approval', ...RETRIES });
    if (wait === null) return true;
    const answer = await DBOS.recv('approval', { deadlineEpochMS: wait.expiresAtMilliseconds });
    const given = verdictSchema.safeParse(answer).data ?? null;
    const decided = () => this.gate.decided(requestId, wait.approvalId, given);
    return DBOS.runStep(decided, { name: 'decided', ...RETRIES });
  }
}
