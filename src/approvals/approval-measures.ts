import { Injectable } from '@nestjs/common';
import { Metrics } from '../observability/index.js';
import type { Approval } from './approval.js';

/** How approvals end, and how long they waited. */
@Injectable()
export class ApprovalMeasures {
  constructor(private readonly metrics: Metrics) {}

  ended({ state: outcome, createdAt, decidedAt }: Approval): void {
    this.metrics.approvals.inc({ outcome });
    if (decidedAt !== null)
      this.metrics.approvalSeconds.observe({ outcome }, (decidedAt.getTime() - createdAt.getTime()) / 1000);
  }
}
