import { Injectable } from '@nestjs/common';
import { Changes, insertMarks, type Marks, type SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids, type Json } from '../shared/index.js';
import type { AuditEvent, AuditRecord } from './audit-event.js';
import { type AuditBody, bodyBytes, chainOf, linkHash } from './chain.js';

type WaitingEvent = Omit<AuditBody, 'sequence' | 'at'>;

interface Head {
  chain: number;
  sequence: number;
  hash: string;
  at: Date;
}

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
  private readonly waiting = new WeakMap<Tx, WaitingEvent[]>();

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

  private begin(tx: Tx): WaitingEvent[] {
    const waiting: WaitingEvent[] = [];
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
async function appendAll(tx: Tx, events: readonly WaitingEvent[], take: () => Marks): Promise<void> {
  const heads = await tx.query<Head>(
    `select chain, sequence::integer, hash, clock_timestamp() as at from audit_heads
     where chain = any($1) order by chain for update`,
    [[...new Set(events.map(({ chain }) => chain))]],
  );
  const byChain = new Map(heads.map((head) => [head.chain, head]));
  for (const [at, event] of events.entries()) {
    const marks = at === events.length - 1 ? take() : NO_MARKS;
    const head = byChain.get(event.chain);
    if (head === undefined) throw new Error(`The audit chain ${event.chain} has no head.`);
    const body: AuditBody = { ...event, sequence: head.sequence + 1, at: head.at.toISOString() };
    byChain.set(event.chain, {
      ...head,
      sequence: body.sequence,
      hash: await insert(tx, body, { previousHash: head.hash, marks }),
    });
  }
}

/** Answers the new hash of the chain. */
async function insert(
  tx: Tx,
  body: AuditBody,
  { previousHash, marks }: { previousHash: string; marks: Marks },
): Promise<string> {
  const bytes = bodyBytes(body);
  const hash = linkHash(previousHash, bytes);
  const { actor, subject } = body;
  await tx.query(
    `with appended as (
       insert into audit_events
         (id, chain, sequence, at, type, actor_kind, actor_id, subject_kind, subject_id, trace_id, summary, body, previous_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning chain),
       marked as (${insertMarks('$15', '$16')})
     update audit_heads set sequence = $3, hash = $14 from appended where audit_heads.chain = appended.chain`,
    [
      body.id,
      body.chain,
      body.sequence,
      body.at,
      body.type,
      actor.kind,
      actor.id,
      subject.kind,
      subject.id,
      body.traceId,
      body.summary,
      bytes,
      previousHash,
      hash,
      ...marks,
    ],
  );
  return hash;
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
