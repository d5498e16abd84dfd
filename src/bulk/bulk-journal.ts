import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Changes } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Bulk } from './bulk.js';

export interface BulkEvent {
  readonly type: string;
  /** Slack user id; null when the product acts by itself. */
  readonly by: string | null;
  readonly summary: string;
  readonly data?: JsonObject;
}

/** What every change of a file leaves behind: the mark for its card, and an audit event where it is one. */
@Injectable()
export class BulkJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  mark(tx: Tx, { id }: Bulk): Promise<void> {
    return this.changes.mark(tx, { kind: 'bulk', id });
  }

  async record(tx: Tx, bulk: Bulk, { type, by, summary, data }: BulkEvent): Promise<void> {
    await this.mark(tx, bulk);
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'bulk' } : { kind: 'person', id: by },
      subject: { kind: 'bulk', id: bulk.id },
      traceId: bulk.traceId,
      summary,
      ...(data !== undefined && { data }),
    });
  }
}
