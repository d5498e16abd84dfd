import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Logger } from '../platform/logging/index.js';
import { ApprovalStore } from './approval.store.js';
import { Approvals } from './approvals.js';

const TICK_MILLISECONDS = 30_000;
const BATCH = 50;

/** The net behind the workflows' own deadlines: ends every wait whose time is up by the database's clock. */
@Injectable()
export class ApprovalSweep {
  constructor(
    private readonly store: ApprovalStore,
    private readonly approvals: Approvals,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      for (const id of await this.store.overdue(BATCH)) await this.approvals.expire(id);
    } catch (error) {
      this.logger.error('The sweep over approvals failed; the next tick tries again', error);
    }
  }
}
