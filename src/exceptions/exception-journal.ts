import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Changes } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Exception } from './exception.js';

/** What every change of an exception leaves behind: marks for what shows it and an audit event. */
@Injectable()
export class ExceptionJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  /** `by` is null when time or the product did it. */
  async record(
    tx: Tx,
    { id, personId, traceId, ruleId, incidentId }: Exception,
    { type, by, summary }: { type: string; by: string | null; summary: string },
  ): Promise<void> {
    await this.changes.mark(tx, { kind: 'exception', id }, { kind: 'person', id: personId });
    const data: JsonObject = {
      ...(ruleId !== null && { rule: ruleId }),
      ...(incidentId !== null && { incident: incidentId }),
    };
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'exceptions' } : { kind: 'person', id: by },
      subject: { kind: 'exception', id },
      traceId,
      summary,
      data,
    });
  }
}
