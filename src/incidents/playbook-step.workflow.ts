import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable } from '../platform/durable/index.js';
import { StepExecution } from './step-execution.js';

const job = z.object({
  verb: z.enum(['run', 'rollback']),
  playbookId: z.string(),
  stepName: z.string(),
  attempt: z.int(),
  /** How long votes are waited for; null when none are wanted. */
  approvalSeconds: z.number().nullable(),
});
const verdict = z.object({ outcome: z.string(), by: z.unknown().optional(), reason: z.string().nullish() });

export type StepJob = z.infer<typeof job>;

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 1, backoffRate: 2 };

/** One attempt of a playbook's step, as `playbook:<id>:<step>:<attempt>`: gather approval → run → write down how it ended. */
@Injectable()
export class PlaybookStepWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly execution: StepExecution,
  ) {}

  onModuleInit(): void {
    this.durable.define('playbook-step', (input) => this.execute(job.parse(input)));
  }

  private async execute(step: StepJob): Promise<void> {
    if (step.approvalSeconds !== null && !(await this.gatherApproval(step, step.approvalSeconds))) return;
    const runId = await DBOS.runStep(() => this.execution.begin(step), { name: 'begin', ...RETRIES });
    if (runId === null) return;
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.execution.settle(step, runId), { name: 'settle', ...RETRIES });
  }

  private async gatherApproval(step: StepJob, timeoutSeconds: number): Promise<boolean> {
    const answer = await DBOS.recv('approval', { timeoutSeconds });
    const outcome = verdict.safeParse(answer).data?.outcome ?? 'expired';
    if (outcome === 'approved') return true;
    return DBOS.runStep(() => this.execution.withdraw(step), { name: 'withdraw', ...RETRIES });
  }
}
