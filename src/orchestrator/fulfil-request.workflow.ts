import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable, isEngineStop } from '../platform/durable/index.js';
import { ApprovalGate, verdictSchema } from './approval-gate.js';
import { Fulfilment, type Halt } from './fulfilment.js';
import { isPassing } from './passing.js';
import { RESUME_TOPIC } from './request-runs.js';
import { RunTurns } from './run-turns.js';

const RETRIES = {
  retriesAllowed: true,
  maxAttempts: 10,
  intervalSeconds: 0.5,
  backoffRate: 2,
  shouldRetry: isPassing,
};

/** The run that somebody chose. */
const wakeSchema = z.object({ runId: z.string() });

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 10;

/** The way of a request after it was sent, as `request:<id>`: gather approval → apply the steps (again, where somebody goes on after a failure) → activate the resource → notify. */
@Injectable()
export class FulfilRequestWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly gate: ApprovalGate,
    private readonly fulfilment: Fulfilment,
    private readonly turns: RunTurns,
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
      await DBOS.runStep(() => this.giveUp(requestId, error), { name: 'give up', ...RETRIES });
    }
  }

  private async fulfil(requestId: string): Promise<void> {
    if (!(await this.gatherApproval(requestId))) return;
    let runId = await DBOS.runStep(() => this.fulfilment.begin(requestId), { name: 'begin', ...RETRIES });
    while (runId !== null) runId = await this.perform(requestId, runId);
  }

  /** Answers the run with which it goes on after it halted; null at its end. */
  private async perform(requestId: string, runId: string): Promise<string | null> {
    await this.waitForTurn(requestId, runId);
    await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    const halt = await DBOS.runStep(() => this.conclude(requestId, runId), { name: 'conclude', ...RETRIES });
    if (halt === null) return null;
    await this.somebodyOrTimeout(runId, halt.untilMilliseconds);
    return DBOS.runStep(() => this.fulfilment.resumed(requestId, runId), { name: 'resumed', ...RETRIES });
  }

  /** Waits until somebody goes on with it, or its time is over. */
  private async somebodyOrTimeout(runId: string, deadlineEpochMS: number): Promise<void> {
    for (;;) {
      const answer = await DBOS.recv(RESUME_TOPIC, { deadlineEpochMS });
      // One that came as the time before was over has been heeded already.
      if (answer === null || wakeSchema.parse(answer).runId !== runId) return;
    }
  }

  /** Not more runs of a team at the same time than its quota allows. */
  private async waitForTurn(requestId: string, runId: string): Promise<void> {
    for (let wait = FIRST_WAIT_SECONDS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_SECONDS)) {
      if (await DBOS.runStep(() => this.turns.take(requestId, runId), { name: 'take turn', ...RETRIES })) return;
      await DBOS.sleepSeconds(wait);
    }
  }

  private async conclude(requestId: string, runId: string): Promise<Halt | null> {
    await this.turns.giveBack(runId);
    return this.fulfilment.conclude(requestId, runId);
  }

  private async giveUp(requestId: string, error: unknown): Promise<void> {
    await this.turns.giveBackOf(requestId);
    await this.fulfilment.giveUp(requestId, error);
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
