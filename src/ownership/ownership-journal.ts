import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Changes, Notices } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import { Holdings } from '../quotas/index.js';
import type { Resource } from '../resources/index.js';
import { placed } from '../shared/index.js';
import { TransferMovedOn } from './ownership.errors.js';
import type { Transfer } from './transfer.js';
import { type NewTransfer, TransferStore } from './transfer.store.js';

/** Every move of a transfer, in the caller's transaction: rows, quota and budget, words to people, marks, audit. */
@Injectable()
export class OwnershipJournal {
  constructor(
    private readonly store: TransferStore,
    private readonly holdings: Holdings,
    private readonly changes: Changes,
    private readonly notices: Notices,
    private readonly audit: Audit,
  ) {}

  /** @throws TransferMovedOn, QuotaExceeded, BudgetExceeded */
  async give(tx: Tx, transfer: NewTransfer, resource: Resource, by: string): Promise<void> {
    const { resourceId, fromPerson, fromTeam, toPerson, toTeam, reason } = transfer;
    if (!(await this.store.give(tx, transfer)))
      throw new TransferMovedOn(
        `${resource.title} is not what it was a moment ago. Nothing was changed; look at it again.`,
      );
    await this.holdings.transferred(tx, resourceId, { teamId: toTeam, ownerId: toPerson });
    const why = reason === '' ? '' : ` Why: ${reason}`;
    const team = fromTeam === toTeam ? '' : `, of ${toTeam} now`;
    if (toPerson !== by)
      await this.tell(
        tx,
        transfer,
        toPerson,
        `${placed(resource.title, resource.environment)} is yours now, given by <@${by}>${team}.${why}`,
      );
    if (fromPerson !== by && fromPerson !== toPerson)
      await this.tell(
        tx,
        transfer,
        fromPerson,
        `${placed(resource.title, resource.environment)} was given to <@${toPerson}>${team}, by <@${by}>.${why}`,
      );
    await this.record(tx, transfer, resource, {
      type: 'resource.transferred',
      by,
      summary: `gave ${resource.title} from <@${fromPerson}> (${fromTeam}) to <@${toPerson}> (${toTeam})`,
    });
  }

  async offered(tx: Tx, transfer: Transfer, resource: Resource, asked: readonly string[]): Promise<void> {
    const { id, offeredBy, toPerson, toTeam, reason, expiresAt } = transfer;
    const { title, environment } = resource;
    for (const personId of asked)
      await this.notices.post(tx, {
        key: `transfer-offered:${id}:${personId}`,
        to: { kind: 'person', personId },
        template: 'transfer-offered',
        data: {
          transferId: id,
          title,
          environment,
          by: offeredBy,
          toPerson,
          toTeam,
          reason,
          expiresAt: expiresAt.toISOString(),
        },
      });
    const summary = `offered ${title} to <@${toPerson}> (${toTeam})`;
    await this.record(tx, transfer, resource, { type: 'resource.transfer_offered', by: offeredBy, summary });
  }

  async declined(tx: Tx, transfer: Transfer, resource: Resource, by: string): Promise<void> {
    const { offeredBy, toTeam } = transfer;
    await this.tell(
      tx,
      transfer,
      offeredBy,
      `${resource.title} was not taken by ${toTeam}: <@${by}> declined. It stays where it is.`,
    );
    await this.record(tx, transfer, resource, {
      type: 'resource.transfer_declined',
      by,
      summary: `declined ${resource.title} for ${toTeam}`,
    });
  }

  async expired(tx: Tx, transfer: Transfer, resource: Resource): Promise<void> {
    const { offeredBy, toTeam } = transfer;
    await this.tell(
      tx,
      transfer,
      offeredBy,
      `Nobody of ${toTeam} took ${resource.title} within a week. It stays where it is; transfer it again if it should go.`,
    );
    await this.record(tx, transfer, resource, {
      type: 'resource.transfer_expired',
      by: null,
      summary: `was not taken by ${toTeam} in time`,
    });
  }

  private async tell(tx: Tx, { id }: NewTransfer, personId: string, text: string): Promise<void> {
    const to = { kind: 'person', personId } as const;
    await this.notices.post(tx, { key: `transfer:${id}:${personId}`, to, template: 'transfer-ended', data: { text } });
  }

  private async record(
    tx: Tx,
    { id: transferId, fromPerson, fromTeam, toPerson, toTeam, traceId }: NewTransfer,
    { id, requestId }: Resource,
    { type, by, summary }: { type: string; by: string | null; summary: string },
  ): Promise<void> {
    await this.changes.mark(
      tx,
      { kind: 'resource', id },
      { kind: 'person', id: fromPerson },
      { kind: 'person', id: toPerson },
      ...(requestId === null ? [] : [{ kind: 'request' as const, id: requestId }]),
    );
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'ownership' } : { kind: 'person', id: by },
      subject: { kind: 'resource', id },
      traceId,
      summary,
      data: { transferId, fromPerson, fromTeam, toPerson, toTeam },
    });
  }
}
