import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable } from '../platform/durable/index.js';
import { Fulfilment } from './fulfilment.js';

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };
const verdict = z.object({
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']),
  by: z.array(z.string()),
  reason: z.string().nullable(),
});

/** The way of a request after it was sent, as `request:<id>`: gather approval → apply the steps → activate the resource → notify. */
@Injectable()
export class FulfilRequestWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly fulfilment: Fulfilment,
  ) {}

  onModuleInit(): void {
    this.durable.define('fulfil-request', (requestId) => this.fulfil(String(requestId)));
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
    const wait = await DBOS.runStep(() => this.fulfilment.awaited(requestId), { name: 'awaited approval', ...RETRIES });
    if (wait === null) return true;
    const answer = await DBOS.recv('approval', { deadlineEpochMS: wait.expiresAtMilliseconds });
    const given = verdict.safeParse(answer).data ?? null;
    return DBOS.runStep(() => this.fulfilment.decided(requestId, wait.approvalId, given), {
      name: 'decided',
      ...RETRIES,
    });
  }
}
