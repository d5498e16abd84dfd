import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Changes, Notices } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import { currentTraceId } from '../platform/logging/index.js';
import type { Resource } from '../resources/index.js';
import { Ids, type JsonObject } from '../shared/index.js';

/** What is said in the thread of the request that made it, too. */
const TOLD: ReadonlySet<string> = new Set(
  [
    'drifted',
    'missing',
    'drift_gone',
    'operation_asked',
    'operation_done',
    'operation_failed',
    'reconciled',
    'upgraded',
  ].map((type) => `resource.${type}`),
);

/** What every change in a resource's life leaves behind: marks for what shows it, an audit event, and a word where it was requested. */
@Injectable()
export class ResourceJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly notices: Notices,
    private readonly ids: Ids,
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
    if (TOLD.has(type)) await this.tell(tx, resource, by, summary);
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'lifecycle' } : { kind: 'person', id: by },
      subject: { kind: 'resource', id: resource.id },
      traceId: currentTraceId() ?? resource.traceId,
      summary,
      ...(data !== undefined && { data }),
    });
  }

  private async tell(tx: Tx, { id, requestId, title }: Resource, by: string | null, summary: string): Promise<void> {
    if (requestId === null) return;
    await this.notices.post(tx, {
      key: `resource-life:${id}:${this.ids.next('ntc')}`,
      to: { kind: 'thread', subject: { kind: 'request', id: requestId } },
      template: 'resource-life',
      data: { title, personId: by, summary },
    });
  }
}
