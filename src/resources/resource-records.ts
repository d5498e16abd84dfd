import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/index.js';
import { Changes } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import { currentTraceId } from '../platform/logging/index.js';
import type { Resource } from './resource.js';

export const SYSTEM: AuditActor = { kind: 'system', id: 'resources' };

/** What every change of a resource leaves behind: marks for what shows it, and an audit event. */
@Injectable()
export class ResourceRecords {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  /** What is shown beside them has changed. */
  async mark(tx: Tx, ids: readonly string[]): Promise<void> {
    await this.changes.mark(tx, ...ids.map((id) => ({ kind: 'resource' as const, id })));
  }

  async record(tx: Tx, resource: Resource, actor: AuditActor, type: string, summary: string): Promise<void> {
    const { id, ownerId, requestId, traceId } = resource;
    await this.changes.mark(
      tx,
      { kind: 'resource', id },
      { kind: 'person', id: ownerId },
      ...(requestId === null ? [] : [{ kind: 'request' as const, id: requestId }]),
    );
    const trace = currentTraceId() ?? traceId;
    await this.audit.append(tx, { type, actor, subject: { kind: 'resource', id }, traceId: trace, summary });
  }
}
