import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { type Verdict, verdictSchema } from '../../approvals/index.js';
import { Durable, isEngineStop } from '../../platform/durable/index.js';
import { Tending } from './tending.js';

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };

/** What is done to a living resource, as `operation:<id>`, once it may: run → write down how it ended. */
@Injectable()
export class TendResourceWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly tending: Tending,
  ) {}

  onModuleInit(): void {
    this.durable.define('tend-resource', (id, verdict) =>
      this.endVisibly(z.string().parse(id), verdictSchema.nullish().parse(verdict) ?? null),
    );
  }

  /** Whatever goes wrong on the way, it does not stay under way for ever. */
  private async endVisibly(id: string, verdict: Verdict | null): Promise<void> {
    try {
      await this.tend(id, verdict);
    } catch (error) {
      if (isEngineStop(error)) throw error;
      await DBOS.runStep(() => this.tending.giveUp(id, error), { name: 'give up', ...RETRIES });
    }
  }

  /** Without a verdict none was wanted. */
  private async tend(id: string, verdict: Verdict | null): Promise<void> {
    if (verdict !== null && !(await this.mayGoOn(id, verdict))) return;
    const runId = await DBOS.runStep(() => this.tending.begin(id), { name: 'begin', ...RETRIES });
    if (runId === null) return;
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.tending.conclude(id, runId), { name: 'conclude', ...RETRIES });
  }

  private mayGoOn(id: string, verdict: Verdict): Promise<boolean> {
    return DBOS.runStep(() => this.tending.decided(id, verdict), { name: 'decided', ...RETRIES });
  }
}
