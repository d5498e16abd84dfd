import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable, isEngineStop } from '../platform/durable/index.js';
import { isPassing } from './passing.js';
import { Teardown } from './teardown.js';

const RETRIES = {
  retriesAllowed: true,
  maxAttempts: 10,
  intervalSeconds: 0.5,
  backoffRate: 2,
  shouldRetry: isPassing,
};

/** Takes a resource away, as `destroy:<id>:<version>`: its steps in reverse order, then its record. */
@Injectable()
export class DestroyResourceWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly teardown: Teardown,
  ) {}

  onModuleInit(): void {
    this.durable.define('destroy-resource', (resourceId) => this.endVisibly(z.string().parse(resourceId)));
  }

  private async endVisibly(resourceId: string): Promise<void> {
    try {
      await this.destroy(resourceId);
    } catch (error) {
      if (isEngineStop(error)) throw error;
      await DBOS.runStep(() => this.teardown.giveUp(resourceId, error), { name: 'give up', ...RETRIES });
    }
  }

  private async destroy(resourceId: string): Promise<void> {
    const runId = await DBOS.runStep(() => this.teardown.begin(resourceId), { name: 'begin', ...RETRIES });
    if (runId !== null) await this.durable.runChild('execute-run', `run:${runId}`, [runId]);
    await DBOS.runStep(() => this.teardown.conclude(resourceId, runId), { name: 'conclude', ...RETRIES });
  }
}
