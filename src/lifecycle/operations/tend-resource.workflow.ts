import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable, isEngineStop } from '../../platform/durable/index.js';
import { Tending } from './tending.js';

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };
const verdict = z.object({ outcome: z.string() });

/** What is done to a living resource, as `operation:<id>`: gather approval → run → write down how it ended. */
@Injectable()
export class TendResourceWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly tending: Tending,
  ) {}

  onModuleInit(): void {
    this.durable.define('tend-resource', (id) => this.endVisibly(z.string().parse(id)));
  }

  /** Whatever goes wrong on the way, it does not stay under way for ever. */
  private async endVisibly(id: string): Promise<void> {
    try {
      await this.tend(id);
    } catch (error) {
      if (isEngineStop(error)) throw error;
      await DBOS.runStep(() => this.tending.giveUp(id, error), { name: 'give up', ...RETRIES });
    }
  }

  private async tend(id: string): Promise<void> {
    if (!(await this.gatherApproval(id))) return;
    const runId = await DBOS.runStep(() => this.tending.begin(id), { name: 'begin', ...RETRIES });
    if (runId === null) return;
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.tending.conclude(id, runId), { name: 'conclude', ...RETRIES });
  }

  private async gatherApproval(id: string): Promise<boolean> {
    const deadlineEpochMS = await DBOS.runStep(() => this.tending.awaited(id), { name: 'awaited', ...RETRIES });
    if (deadlineEpochMS === null) return true;
    const answer = verdict.safeParse(await DBOS.recv('approval', { deadlineEpochMS })).data;
    return DBOS.runStep(() => this.tending.decided(id, answer?.outcome ?? null), { name: 'decided', ...RETRIES });
  }
}
