import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable } from '../platform/durable/index.js';
import { ExceptionDecisions } from './exception-decisions.js';

const verdict = z.object({
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']),
  by: z.array(z.string()),
  reason: z.string().nullable(),
});
const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };

/** The wait for an exception's decision or review, as `exception:<id>`. */
@Injectable()
export class ExceptionWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly decisions: ExceptionDecisions,
  ) {}

  onModuleInit(): void {
    this.durable.define('exception', (id) => this.execute(z.string().parse(id)));
  }

  private async execute(id: string): Promise<void> {
    const deadlineEpochMS = await DBOS.runStep(() => this.decisions.awaited(id), { name: 'awaited', ...RETRIES });
    const given = verdict.safeParse(await DBOS.recv('approval', { deadlineEpochMS })).data ?? null;
    await DBOS.runStep(() => this.decisions.decided(id, given), { name: 'decided', ...RETRIES });
  }
}
