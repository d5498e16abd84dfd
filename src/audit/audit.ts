import { Injectable } from '@nestjs/common';
import { Changes, insertMarks, type Marks, type SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids, type Json } from '../shared/index.js';
import type { AuditEvent, AuditRecord } from './audit-event.js';
import { type AuditBody, bodyAround, chainOf, type UnlinkedBody } from './chain.js';

interface EventRow {
  id: string;
  at: Date;
  body: Buffer;
}

export interface AuditPageWish {
  readonly subjectIds?: readonly string[];
  readonly before?: string;
  readonly limit: number;
}

/** With its kind, a subject's events are found by their index. */
const SUBJECT_KINDS: readonly SubjectRef['kind'][] = ['request', 'approval', 'resource', 'incident', 'person', 'audit'];

/** The trail of who did what. Appended in the transaction of the change itself: there is no change without its event. */
@Injectable()
export class Audit {
  private readonly waiting = new WeakMap<Tx, UnlinkedBody[]>();

  constructor(
    private readonly transactions: Transactions,
    private readonly changes: Changes,
    private readonly ids: Ids,
    private readonly redactor: Redactor,
  ) {}

  /**
   * Appends one event, at the end of the transaction: the locks of the chains are held just for its last moment. The summary and data
   * pass the redactor first.
   */
  append(tx: Tx, { summary, data, ...event }: AuditEvent): Promise<void> {
    const safe = storable(this.redactor.value({ summary, data: data ?? null }));
    const waiting = this.waiting.get(tx) ?? this.begin(tx);
    const id = this.ids.next('evt');
    waiting.push({ id, chain: chainOf(event.subject), ...event, ...safe });
    return this.changes.mark(tx, { kind: 'audit', id });
  }

  private begin(tx: Tx): UnlinkedBody[] {
    const waiting: UnlinkedBody[] = [];
    this.waiting.set(tx, waiting);
    tx.atEnd(() => appendAll(tx, waiting, () => this.changes.take(tx)));
    return waiting;
  }

  /** A subject's trail, oldest first; of a long one its newest part. */
  async trail(subject: SubjectRef, limit = 200): Promise<AuditRecord[]> {
    const rows = await this.transactions.query<EventRow>(
      'select id, at, body from audit_events where subject_kind = $1 and subject_id = $2 order by sequence desc limit $3',
      [subject.kind, subject.id, limit],
    );
    return rows.reverse().map(recordOf);
  }

  /** A page of the newest events, newest first; of some subjects, or of all. `before` is the id of the last one of the page before. */
  async page({ subjectIds, before, limit }: AuditPageWish): Promise<AuditRecord[]> {
    const rows = await this.transactions.query<EventRow>(
      `select id, at, body from audit_events
       where ($1::text[] is null or (subject_kind = any($2) and subject_id = any($1)))
         and ($3::text is null or (at, id) < (select at, id from audit_events where id = $3))
       order by at desc, id desc limit $4`,
      [subjectIds ?? null, SUBJECT_KINDS, before ?? null, limit],
    );
    return rows.map(recordOf);
  }

  async find(id: string): Promise<AuditRecord | null> {
    const [row] = await this.transactions.query<EventRow>('select id, at, body from audit_events where id = $1', [id]);
    return row === undefined ? null : recordOf(row);
  }

  async findAll(ids: readonly string[]): Promise<AuditRecord[]> {
    const rows = await this.transactions.query<EventRow>(
      'select id, at, body from audit_events where id = any($1) order by at, chain, sequence',
      [ids],
    );
    return rows.map(recordOf);
  }
}

const NO_MARKS: Marks = [[], []];

/** What a person typed may hold a NUL or half a surrogate pair: PostgreSQL refuses one and rewrites the other, which looks like forgery. */
function storable<T extends Json>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'string' ? Buffer.from(part.replaceAll('\0', ''), 'utf8').toString('utf8') : part,
    ),
  ) as T;
}

/** Chains are locked in one order everywhere, so that no two transactions wait for each other. */
async function appendAll(tx: Tx, events: readonly UnlinkedBody[], take: () => Marks): Promise<void> {
  const chains = [...new Set(events.map(({ chain }) => chain))];
  if (chains.length > 1)
    await tx.query('select chain from audit_heads where chain = any($1) order by chain for update', [chains]);
  for (const [at, event] of events.entries()) await append(tx, event, at === events.length - 1 ? take() : NO_MARKS);
}

/** In one round trip, as a chain's head is what many wait for: its number, its moment and its link are made where the head is. */
async function append(tx: Tx, event: UnlinkedBody, marks: Marks): Promise<void> {
  const { id, chain, type, actor, subject, traceId, summary } = event;
  const appended = await tx.query(
    `with head as materialized (select sequence + 1 as sequence, hash from audit_heads where chain = $2 for update),
       placed as materialized (select sequence, hash as previous_hash, date_trunc('milliseconds', clock_timestamp()) as at from head),
       written as materialized (
         select *, convert_to($10 || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || $11 || sequence || $12, 'UTF8') as body from placed),
       linked as materialized (
         select *, encode(sha256(convert_to(previous_hash || chr(10), 'UTF8') || body), 'hex') as hash from written),
       appended as (
         insert into audit_events
           (id, chain, sequence, at, type, actor_kind, actor_id, subject_kind, subject_id, trace_id, summary, body, previous_hash, hash)
         select $1, $2, sequence, at, $3, $4, $5, $6, $7, $8, $9, body, previous_hash, hash from linked
         returning chain, sequence, hash),
       marked as (${insertMarks('$13', '$14')})
     update audit_heads set sequence = appended.sequence, hash = appended.hash from appended
     where audit_heads.chain = appended.chain returning audit_heads.chain`,
    [id, chain, type, actor.kind, actor.id, subject.kind, subject.id, traceId, summary, ...bodyAround(event), ...marks],
  );
  if (appended.length === 0) throw new Error(`The audit chain ${chain} has no head.`);
}

function recordOf(row: EventRow): AuditRecord {
  const body = JSON.parse(row.body.toString('utf8')) as AuditBody;
  const { id, type, actor, subject, traceId, summary, data } = body;
  return {
    id,
    at: row.at,
    type,
    actor: actor as AuditRecord['actor'],
    subject: subject as SubjectRef,
    traceId,
    summary,
    data,
  };
}
