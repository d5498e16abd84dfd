import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable } from '../../platform/durable/index.js';
import { Orphans } from './orphans.js';

const RETRIES = { retriesAllowed: true, maxAttempts: 10, intervalSeconds: 0.5, backoffRate: 2 };

/** Takes away what a run left behind, as `orphan:<run that does it>`, and looks whether it is gone. */
@Injectable()
export class RemoveOrphanWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly orphans: Orphans,
  ) {}

  onModuleInit(): void {
    this.durable.define('remove-orphan', async (runId, removal) => {
      const [of, by] = [z.string().parse(runId), z.string().parse(removal)];
      await this.durable.runChild('execute-run', `run:${by}`, [by]);
      await DBOS.runStep(() => this.orphans.conclude(of, by), { name: 'conclude', ...RETRIES });
    });
  }
}
