import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { type Verdict, verdictSchema } from '../approvals/index.js';
import { Durable } from '../platform/durable/index.js';
import { StepExecution } from './step-execution.js';

const job = z.object({
  verb: z.enum(['run', 'rollback']),
  playbookId: z.string(),
  stepName: z.string(),
  attempt: z.int(),
});

export type StepJob = z.infer<typeof job>;

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 1, backoffRate: 2 };

/** One attempt of a playbook's step, as `playbook:<id>:<step>:<attempt>`, once it may: run → write down how it ended. */
@Injectable()
export class PlaybookStepWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly execution: StepExecution,
  ) {}

  onModuleInit(): void {
    this.durable.define('playbook-step', (input, verdict) =>
      this.execute(job.parse(input), verdictSchema.nullish().parse(verdict) ?? null),
    );
  }

  /** Without a verdict none was wanted. */
  private async execute(step: StepJob, verdict: Verdict | null): Promise<void> {
    if (verdict !== null && verdict.outcome !== 'approved' && !(await this.withdraw(step))) return;
    const runId = await DBOS.runStep(() => this.execution.begin(step), { name: 'begin', ...RETRIES });
    if (runId === null) return;
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.execution.settle(step, runId), { name: 'settle', ...RETRIES });
  }

  private withdraw(step: StepJob): Promise<boolean> {
    return DBOS.runStep(() => this.execution.withdraw(step), { name: 'withdraw', ...RETRIES });
  }
}
