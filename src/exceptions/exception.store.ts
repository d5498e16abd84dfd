import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import {
  type Exception,
  type ExceptionKind,
  type ExceptionPlace,
  type ExceptionRow,
  type ExceptionState,
  exceptionOf,
  type Review,
} from './exception.js';

export interface NewException extends ExceptionPlace {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly kind: ExceptionKind;
  readonly state: 'asked' | 'active';
  readonly ruleId: string | null;
  readonly ruleTitle: string;
  readonly ownerTeamId: string;
  readonly reason: string;
  readonly hours: number;
  readonly incidentId: string | null;
  readonly draftId: string | null;
  readonly traceId: string;
}

type Source = Pick<Tx, 'query'>;

/** Rows of exceptions. Every change of state is a compare-and-set: null means that it was not in one of the states before. */
@Injectable()
export class ExceptionStore {
  constructor(private readonly transactions: Transactions) {}

  /** One that is active begins now, by the database's clock. Null when the key was used before. */
  async insert(tx: Tx, wish: NewException): Promise<Exception | null> {
    const isActive = wish.state === 'active';
    return one(
      await tx.query<ExceptionRow>(
        `insert into exceptions (id, idempotency_key, kind, state, rule_id, rule_title, owner_team_id, person_id, team_id, environment,
           item_name, reason, hours, incident_id, trace_id, draft_id, starts_at, ends_at, review)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $17,
           case when $16 then now() end, case when $16 then now() + make_interval(hours => $13) end, case when $3 = 'break-glass' then 'open' end)
         on conflict (idempotency_key) do nothing returning *`,
        [
          wish.id,
          wish.idempotencyKey,
          wish.kind,
          wish.state,
          wish.ruleId,
          wish.ruleTitle,
          wish.ownerTeamId,
          wish.personId,
          wish.teamId,
          wish.environment,
          wish.itemName,
          wish.reason,
          wish.hours,
          wish.incidentId,
          wish.traceId,
          isActive,
          wish.draftId,
        ],
      ),
    );
  }

  async find(id: string, source: Source = this.transactions): Promise<Exception | null> {
    return one(await source.query<ExceptionRow>('select * from exceptions where id = $1', [id]));
  }

  async findByKey(key: string): Promise<Exception | null> {
    return one(
      await this.transactions.query<ExceptionRow>('select * from exceptions where idempotency_key = $1', [key]),
    );
  }

  /** In force at this moment, by the database's clock. */
  async active(kind: ExceptionKind, place: ExceptionPlace, ruleId: string | null): Promise<Exception | null> {
    return one(
      await this.transactions.query<ExceptionRow>(
        `select * from exceptions where kind = $1 and person_id = $2 and team_id = $3 and environment = $4 and item_name = $5
           and rule_id is not distinct from $6 and state = 'active' and ends_at > now() order by ends_at desc limit 1`,
        [kind, place.personId, place.teamId, place.environment, place.itemName, ruleId],
      ),
    );
  }

  /** Asked, in force or waiting for their review, newest first. */
  open(limit: number): Promise<Exception[]> {
    return this.many(
      `select * from exceptions where state in ('asked', 'active') or review = 'open' order by created_at desc limit $1`,
      [limit],
    );
  }

  async unreviewed(personId: string): Promise<Exception | null> {
    const [first] = await this.many(
      `select * from exceptions where person_id = $1 and review = 'open' and ends_at < now() order by ends_at limit 1`,
      [personId],
    );
    return first ?? null;
  }

  async setApproval(tx: Tx, id: string, approvalId: string): Promise<void> {
    await tx.query('update exceptions set approval_id = $2, version = version + 1 where id = $1', [id, approvalId]);
  }

  /** Its time begins now. */
  async grant(tx: Tx, id: string, by: readonly string[]): Promise<Exception | null> {
    return one(
      await tx.query<ExceptionRow>(
        `update exceptions set state = 'active', starts_at = now(), ends_at = now() + make_interval(hours => hours), decided_by = $2,
           version = version + 1 where id = $1 and state = 'asked' returning *`,
        [id, by],
      ),
    );
  }

  async move(
    tx: Tx,
    id: string,
    from: readonly ExceptionState[],
    to: ExceptionState,
    by: readonly string[],
  ): Promise<Exception | null> {
    return one(
      await tx.query<ExceptionRow>(
        `update exceptions set state = $3, ended_by = $4, ends_at = case when $3 = 'revoked' then now() else ends_at end,
           version = version + 1 where id = $1 and state = any($2) returning *`,
        [id, from, to, by[0] ?? null],
      ),
    );
  }

  async reviewed(
    tx: Tx,
    id: string,
    review: Exclude<Review, 'open'>,
    by: readonly string[],
  ): Promise<Exception | null> {
    return one(
      await tx.query<ExceptionRow>(
        `update exceptions set review = $2, decided_by = $3, version = version + 1 where id = $1 and review = 'open' returning *`,
        [id, review, by],
      ),
    );
  }

  /** What is past its end, each answered to one caller only. */
  takeEnded(tx: Tx, limit: number): Promise<Exception[]> {
    return this.many(
      `update exceptions set state = 'ended', version = version + 1 where id in (
         select id from exceptions where state = 'active' and ends_at <= now() order by ends_at limit $1 for update skip locked)
       returning *`,
      [limit],
      tx,
    );
  }

  /** What ends within the last tenth of its time, a day at most, and was not reminded of. */
  takeEnding(tx: Tx, limit: number): Promise<Exception[]> {
    return this.many(
      `update exceptions set reminded_at = now(), version = version + 1 where id in (
         select id from exceptions where state = 'active' and reminded_at is null
           and ends_at - least(interval '1 day', (ends_at - starts_at) / 10) <= now() and ends_at > now()
         order by ends_at limit $1 for update skip locked)
       returning *`,
      [limit],
      tx,
    );
  }

  private async many(sql: string, parameters: unknown[], source: Source = this.transactions): Promise<Exception[]> {
    return (await source.query<ExceptionRow>(sql, parameters)).map(exceptionOf);
  }
}

function one(rows: ExceptionRow[]): Exception | null {
  const [row] = rows;
  return row === undefined ? null : exceptionOf(row);
}
