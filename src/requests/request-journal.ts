import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Metrics } from '../observability/index.js';
import { Changes } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import type { JsonObject } from '../shared/index.js';
import type { RequestRecord } from './request.js';

export interface RequestEvent {
  /** Past tense, `request.submitted`. */
  readonly type: string;
  /** Slack user id; null when the product acts by itself. */
  readonly by: string | null;
  readonly summary: string;
  readonly data?: JsonObject;
}

/** What every change of a request leaves behind: marks for the cards and an audit event; and, once it ended, a measurement. */
@Injectable()
export class RequestJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly metrics: Metrics,
  ) {}

  /** For the cards alone. */
  mark(tx: Tx, { id, requesterId }: RequestRecord): Promise<void> {
    return this.changes.mark(tx, { kind: 'request', id }, { kind: 'person', id: requesterId });
  }

  /** Call it last in the transaction. */
  async record(tx: Tx, request: RequestRecord, { type, by, summary, data }: RequestEvent): Promise<void> {
    const { id, traceId } = request;
    await this.mark(tx, request);
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'orchestrator' } : { kind: 'person', id: by },
      subject: { kind: 'request', id },
      traceId,
      summary,
      ...(data !== undefined && { data }),
    });
  }

  /** Call it after the commit. */
  measure({ itemName: item, environment, state: outcome, createdAt, settledAt }: RequestRecord): void {
    if (settledAt === null) return;
    this.metrics.requests.inc({ item, environment, outcome });
    this.metrics.requestSeconds.observe({ item, outcome }, (settledAt.getTime() - createdAt.getTime()) / 1000);
  }
}
