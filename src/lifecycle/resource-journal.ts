import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Changes } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import { currentTraceId } from '../platform/logging/index.js';
import type { Resource } from '../resources/index.js';
import type { JsonObject } from '../shared/index.js';

/** What every change in a resource's life leaves behind: marks for what shows it, and an audit event. */
@Injectable()
export class ResourceJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  /** Only what is shown has changed. */
  async mark(tx: Tx, { id, ownerId, requestId }: Resource): Promise<void> {
    const request = requestId === null ? [] : [{ kind: 'request' as const, id: requestId }];
    await this.changes.mark(tx, { kind: 'resource', id }, { kind: 'person', id: ownerId }, ...request);
  }

  /** `by` is null when time or the product did it. */
  async record(
    tx: Tx,
    resource: Resource,
    { type, by, summary, data }: { type: string; by: string | null; summary: string; data?: JsonObject },
  ): Promise<void> {
    await this.mark(tx, resource);
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'lifecycle' } : { kind: 'person', id: by },
      subject: { kind: 'resource', id: resource.id },
      traceId: currentTraceId() ?? resource.traceId,
      summary,
      ...(data !== undefined && { data }),
    });
  }
}
