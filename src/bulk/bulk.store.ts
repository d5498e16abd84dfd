import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import {
  type Bulk,
  type BulkCounts,
  type BulkRow,
  type BulkState,
  type BulkWish,
  countsSchema,
  type NewBulkRow,
} from './bulk.js';

interface Row {
  id: string;
  person_id: string;
  name: string;
  origin_channel_id: string | null;
  digest: string;
  state: BulkState;
  counts: unknown;
  trace_id: string;
  version: number;
  created_at: Date;
  sent_at: Date | null;
  done_at: Date | null;
}

interface LineRow {
  line: number;
  title: string;
  wish: BulkWish;
  plan_digest: string;
  state: BulkRow['state'];
  request_id: string | null;
  problem: string | null;
}

export type NewBulk = Pick<Bulk, 'id' | 'personId' | 'name' | 'originChannelId' | 'digest' | 'traceId'>;

const CLAIM = '60 seconds';
const KEPT = '2 days';

/** Rows of files and of their lines. Every change of state is a compare-and-set. */
@Injectable()
export class BulkStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(tx: Tx, bulk: NewBulk, rows: readonly NewBulkRow[]): Promise<void> {
    const { id, personId, name, originChannelId, digest, traceId } = bulk;
    await tx.query(
      `insert into bulks (id, person_id, name, origin_channel_id, digest, trace_id) values ($1, $2, $3, $4, $5, $6)`,
      [id, personId, name, originChannelId, digest, traceId],
    );
    await tx.query(
      `insert into bulk_rows (bulk_id, line, title, wish, plan_digest)
       select $1, line, title, wish, plan_digest from jsonb_to_recordset($2) as row (line integer, title text, wish jsonb, plan_digest text)`,
      [
        id,
        JSON.stringify(
          rows.map(({ line, title, wish, planDigest }) => ({ line, title, wish, plan_digest: planDigest })),
        ),
      ],
    );
  }

  async find(id: string): Promise<Bulk | null> {
    return one(await this.transactions.query<Row>('select * from bulks where id = $1', [id]));
  }

  /** The one that sent the same wishes before. */
  async sentWith(digest: string): Promise<Bulk | null> {
    return one(
      await this.transactions.query<Row>(
        'select bulks.* from bulk_sendings as sent join bulks on bulks.id = sent.bulk_id where sent.digest = $1',
        [digest],
      ),
    );
  }

  async rows(id: string): Promise<BulkRow[]> {
    const rows = await this.transactions.query<LineRow>('select * from bulk_rows where bulk_id = $1 order by line', [
      id,
    ]);
    return rows.map(rowOf);
  }

  /** Null when the same wishes were sent before, or this was. */
  async send(tx: Tx, id: string, personId: string): Promise<Bulk | null> {
    const taken = await tx.query(
      `insert into bulk_sendings (digest, bulk_id) select digest, id from bulks where id = $1 and person_id = $2 and state = 'checked'
       on conflict do nothing returning bulk_id`,
      [id, personId],
    );
    if (taken.length === 0) return null;
    return one(
      await tx.query<Row>(
        `update bulks set state = 'sending', sent_at = now(), version = version + 1 where id = $1 and state = 'checked' returning *`,
        [id],
      ),
    );
  }

  /** One whose lines nobody is sending just now. */
  async claim(): Promise<Bulk | null> {
    return one(
      await this.transactions.query<Row>(
        `update bulks set claimed_until = now() + interval '${CLAIM}', turn_at = now() where id = (
           select id from bulks where state = 'sending' and claimed_until < now() order by turn_at limit 1 for update skip locked)
         returning *`,
      ),
    );
  }

  async release(id: string): Promise<void> {
    await this.transactions.query(`update bulks set claimed_until = '-infinity' where id = $1`, [id]);
  }

  async unsent(id: string, limit: number): Promise<BulkRow[]> {
    const rows = await this.transactions.query<LineRow>(
      `select * from bulk_rows where bulk_id = $1 and state = 'waiting' order by attempts, line limit $2`,
      [id, limit],
    );
    return rows.map(rowOf);
  }

  async settleRow(id: string, line: number, end: { requestId: string } | { problem: string }): Promise<void> {
    const [state, requestId, problem] =
      'requestId' in end ? ['opened', end.requestId, null] : ['refused', null, end.problem];
    await this.transactions.query(
      `update bulk_rows set state = $3, request_id = $4, problem = $5, version = version + 1
       where bulk_id = $1 and line = $2 and state = 'waiting'`,
      [id, line, state, requestId, problem],
    );
  }

  /** Answers how often it was tried. */
  async countAttempt(id: string, line: number): Promise<number> {
    const [row] = await this.transactions.query<{ attempts: number }>(
      `update bulk_rows set attempts = attempts + 1 where bulk_id = $1 and line = $2 returning attempts`,
      [id, line],
    );
    return row?.attempts ?? 0;
  }

  async open(): Promise<Bulk[]> {
    const rows = await this.transactions.query<Row>(
      `select * from bulks where state in ('sending', 'sent') order by turn_at`,
    );
    return rows.map(bulkOf);
  }

  /** Null when it has moved on since it was read. */
  async progress(tx: Tx, bulk: Bulk, to: BulkState, counts: BulkCounts): Promise<Bulk | null> {
    return one(
      await tx.query<Row>(
        `update bulks set state = $3, counts = $4, done_at = case when $3 = 'done' then now() end, version = version + 1
         where id = $1 and version = $2 returning *`,
        [bulk.id, bulk.version, to, JSON.stringify(counts)],
      ),
    );
  }

  async forgetUnsent(): Promise<void> {
    await this.transactions.query(
      `delete from bulks where state = 'checked' and created_at < now() - interval '${KEPT}'`,
    );
  }
}

function one(rows: Row[]): Bulk | null {
  const [row] = rows;
  return row === undefined ? null : bulkOf(row);
}

function bulkOf(row: Row): Bulk {
  return {
    id: row.id,
    personId: row.person_id,
    name: row.name,
    originChannelId: row.origin_channel_id,
    digest: row.digest,
    state: row.state,
    counts: countsSchema.parse(row.counts),
    traceId: row.trace_id,
    version: row.version,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    doneAt: row.done_at,
  };
}

function rowOf({
  line,
  title,
  wish,
  plan_digest: planDigest,
  state,
  request_id: requestId,
  problem,
}: LineRow): BulkRow {
  return { line, title, wish, planDigest, state, requestId, problem };
}
