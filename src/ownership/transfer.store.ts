import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { type Transfer, type TransferRow, type TransferState, transferOf } from './transfer.js';

export type NewTransfer = Omit<Transfer, 'state' | 'decidedBy' | 'expiresAt'>;

const OFFERED_FOR = '7 days';

/** Rows of transfers. Every change of state is a compare-and-set: null means that somebody else was first. */
@Injectable()
export class TransferStore {
  constructor(private readonly transactions: Transactions) {}

  /** Null when the resource is offered to somebody already. */
  async offer(tx: Tx, transfer: NewTransfer): Promise<Transfer | null> {
    return one(
      await tx.query<TransferRow>(
        `insert into transfers (id, resource_id, from_person, from_team, to_person, to_team, offered_by, reason, trace_id, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + interval '${OFFERED_FOR}') on conflict do nothing returning *`,
        [
          transfer.id,
          transfer.resourceId,
          transfer.fromPerson,
          transfer.fromTeam,
          transfer.toPerson,
          transfer.toTeam,
          transfer.offeredBy,
          transfer.reason,
          transfer.traceId,
        ],
      ),
    );
  }

  async find(id: string): Promise<Transfer | null> {
    return one(await this.transactions.query<TransferRow>('select * from transfers where id = $1', [id]));
  }

  /** Of an offer whose time is not over. `by` is null when time decided. */
  async decide(tx: Tx, id: string, to: TransferState, by: string | null): Promise<Transfer | null> {
    return one(
      await tx.query<TransferRow>(
        `update transfers set state = $2, decided_by = $3, decided_at = now(), version = version + 1
         where id = $1 and state = 'offered' and expires_at > now() returning *`,
        [id, to, by],
      ),
    );
  }

  /** Another offer of the same resource takes its place. */
  async withdraw(tx: Tx, resourceId: string, by: string): Promise<void> {
    await tx.query(
      `update transfers set state = 'withdrawn', decided_by = $2, decided_at = now(), version = version + 1
       where resource_id = $1 and state = 'offered'`,
      [resourceId, by],
    );
  }

  async takeExpired(tx: Tx, limit: number): Promise<Transfer[]> {
    const rows = await tx.query<TransferRow>(
      `update transfers set state = 'expired', decided_at = now(), version = version + 1 where id in (
         select id from transfers where state = 'offered' and expires_at <= now() order by expires_at limit $1 for update skip locked)
       returning *`,
      [limit],
    );
    return rows.map(transferOf);
  }

  /** Gives a living resource that is still as it was when it was offered. False when it is not. */
  async give(tx: Tx, { resourceId, fromPerson, fromTeam, toPerson, toTeam }: NewTransfer): Promise<boolean> {
    const rows = await tx.query(
      `update resources set owner_id = $4, team_id = $5, version = version + 1, updated_at = now()
       where id = $1 and owner_id = $2 and team_id = $3 and state in ('active', 'destroy-failed') returning id`,
      [resourceId, fromPerson, fromTeam, toPerson, toTeam],
    );
    return rows.length > 0;
  }

  /** Who owns what lives, by owner and team. */
  async owners(): Promise<{ ownerId: string; teamId: string; resources: { id: string; title: string }[] }[]> {
    return this.transactions.query(
      `select owner_id as "ownerId", team_id as "teamId", json_agg(json_build_object('id', id, 'title', title) order by created_at) as resources
       from resources where state in ('active', 'destroy-failed') group by 1, 2`,
    );
  }
}

function one(rows: TransferRow[]): Transfer | null {
  const [row] = rows;
  return row === undefined ? null : transferOf(row);
}
