import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Changes } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { JsonObject } from '../../shared/index.js';
import type { Fleet } from './fleet.js';

/** What every change of a fleet leaves behind: the mark for its card, and an audit event. */
@Injectable()
export class FleetJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  mark(tx: Tx, { id }: Pick<Fleet, 'id'>): Promise<void> {
    return this.changes.mark(tx, { kind: 'fleet', id });
  }

  /** `by` is null when time or the product did it. */
  async record(
    tx: Tx,
    fleet: Pick<Fleet, 'id' | 'traceId'>,
    { type, by, summary, data }: { type: string; by: string | null; summary: string; data?: JsonObject },
  ): Promise<void> {
    await this.mark(tx, fleet);
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'lifecycle' } : { kind: 'person', id: by },
      subject: { kind: 'fleet', id: fleet.id },
      traceId: fleet.traceId,
      summary,
      ...(data !== undefined && { data }),
    });
  }
}
