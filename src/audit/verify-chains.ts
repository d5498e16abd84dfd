import type { Transactions } from '../platform/database/index.js';
import { type AuditBody, bodyBytes, CHAINS, chainOf, linkHash } from './chain.js';

interface EventRow {
  id: string;
  chain: number;
  sequence: string;
  at: Date;
  type: string;
  actor_kind: string;
  actor_id: string;
  subject_kind: string;
  subject_id: string;
  trace_id: string;
  summary: string;
  body: Buffer;
  previous_hash: string;
  hash: string;
}

/** How much of a chain was read, and the first thing that is wrong in it. */
export interface ChainReport {
  events: number;
  finding: string | null;
}

interface Head {
  chain: number;
  sequence: string;
  hash: string;
}

interface Walk extends ChainReport {
  chain: number;
  /** Where its head stood when the verification began; what is appended meanwhile is for the next one. */
  end: number;
  endHash: string;
  hash: string;
}

const PAGE = 2_000;

/** Recomputes every chain from the stored bytes up to its head, page by page: memory stays flat. */
export async function verifyChains(database: Pick<Transactions, 'query'>): Promise<ChainReport[]> {
  const heads = await database.query<Head>('select chain, sequence, hash from audit_heads');
  const walks = Array.from({ length: CHAINS }, (_, chain) => begin(chain, heads));
  for (let rows = await nextPage(database, walks); rows.length > 0; rows = await nextPage(database, walks)) {
    for (const row of rows) {
      const walk = walks[row.chain];
      if (walk?.finding === null) follow(walk, row);
    }
  }
  for (const walk of walks) {
    const short = walk.events !== walk.end || walk.hash !== walk.endHash;
    if (walk.finding === null && short) walk.finding = `Chain ${walk.chain}: its head does not match its last event.`;
  }
  return [...walks, await strays(database)];
}

function begin(chain: number, heads: readonly Head[]): Walk {
  const head = heads.find((candidate) => candidate.chain === chain);
  const finding = head === undefined ? `Chain ${chain}: its head is gone.` : null;
  return { chain, events: 0, finding, end: Number(head?.sequence ?? 0), endHash: head?.hash ?? '', hash: '' };
}

async function nextPage(database: Pick<Transactions, 'query'>, walks: readonly Walk[]): Promise<EventRow[]> {
  const open = walks.filter(({ finding, events, end }) => finding === null && events < end);
  if (open.length === 0) return [];
  return database.query<EventRow>(
    `select e.* from audit_events e
       join unnest($1::smallint[], $2::bigint[], $3::bigint[]) as walk (chain, seen, until)
         on e.chain = walk.chain and e.sequence > walk.seen and e.sequence <= walk.until
     order by e.chain, e.sequence limit $4`,
    [open.map(({ chain }) => chain), open.map(({ events }) => events), open.map(({ end }) => end), PAGE],
  );
}

function follow(walk: Walk, row: EventRow): void {
  const wrong = contradiction(row, walk.events, walk.hash);
  if (wrong !== null) {
    walk.finding = `Chain ${walk.chain}: ${wrong}`;
    return;
  }
  walk.events += 1;
  walk.hash = row.hash;
}

/** Events where no chain leads. One statement, so that events and heads are of the same moment. */
async function strays(database: Pick<Transactions, 'query'>): Promise<ChainReport> {
  const [stray] = await database.query<{ id: string }>(
    `select e.id from audit_events e left join audit_heads h using (chain)
     where h.chain is null or e.sequence > h.sequence or e.sequence < 1 limit 1`,
  );
  return { events: 0, finding: stray === undefined ? null : `Event ${stray.id} stands outside of every chain.` };
}

function contradiction(row: EventRow, sequence: number, hash: string): string | null {
  if (Number(row.sequence) !== sequence + 1) return `event ${sequence + 1} is missing (next is ${row.id}).`;
  if (row.previous_hash !== hash) return `event ${row.id} does not follow the one before it.`;
  const asWritten = linkHash(hash, row.body) === row.hash && columnsMatch(row);
  return asWritten ? null : `event ${row.id} was changed after it was written.`;
}

/** The readable columns repeat what the hashed bytes say; a change of either shows. */
function columnsMatch(row: EventRow): boolean {
  const body = parsedOrNull(row.body);
  if (body === null || !bodyBytes(body).equals(row.body)) return false;
  return (
    body.id === row.id &&
    body.chain === row.chain &&
    body.sequence === Number(row.sequence) &&
    body.at === row.at.toISOString() &&
    body.type === row.type &&
    body.actor.kind === row.actor_kind &&
    body.actor.id === row.actor_id &&
    body.subject.kind === row.subject_kind &&
    body.subject.id === row.subject_id &&
    body.traceId === row.trace_id &&
    body.summary === row.summary &&
    chainOf(body.subject) === row.chain
  );
}

function parsedOrNull(bytes: Buffer): AuditBody | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as AuditBody;
  } catch {
    return null;
  }
}
