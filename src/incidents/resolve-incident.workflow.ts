import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Durable } from '../platform/durable/index.js';
import { IncidentClosing } from './incident-closing.js';
import { RoomRefused } from './incident-room.js';

const RETRIES = {
  retriesAllowed: true,
  maxAttempts: 10,
  intervalSeconds: 0.5,
  backoffRate: 2,
  shouldRetry: (error: unknown) => !(error instanceof RoomRefused),
};

/** What follows resolving, as `incident:<id>:resolve`: write the postmortem → put it into the channel. */
@Injectable()
export class ResolveIncidentWorkflow implements OnModuleInit {
  constructor(
    private readonly durable: Durable,
    private readonly closing: IncidentClosing,
  ) {}

  onModuleInit(): void {
    this.durable.define('resolve-incident', (id) => this.execute(z.string().parse(id)));
  }

  private async execute(id: string): Promise<void> {
    await DBOS.runStep(() => this.closing.writePostmortem(id), { name: 'write the postmortem', ...RETRIES });
    try {
      await DBOS.runStep(() => this.closing.uploadPostmortem(id), { name: 'upload it', ...RETRIES });
    } catch {
      await DBOS.runStep(() => this.closing.sayPostmortemIsNotUploaded(id), {
        name: 'say it is not there',
        ...RETRIES,
      });
    }
  }
}
