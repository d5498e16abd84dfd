import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { type Verdict, verdictSchema } from '../approvals/index.js';
import { Durable } from '../platform/durable/index.js';
import { ExceptionDecisions } from './exception-decisions.js';

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };

/** What follows an exception's decision or review, as `exception:<id>`. */
@Injectable()
export class ExceptionWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly decisions: ExceptionDecisions,
  ) {}

  onModuleInit(): void {
    this.durable.define('exception', (id, verdict) => this.execute(z.string().parse(id), verdictSchema.parse(verdict)));
  }

  private async execute(id: string, verdict: Verdict): Promise<void> {
    await DBOS.runStep(() => this.decisions.decided(id, verdict), { name: 'decided', ...RETRIES });
  }
}
