import { createHash } from 'node:crypto';
import type { Transactions, Tx } from '../platform/database/index.js';
import type { SecretRef } from './secret-store.js';

export type IntakeState = 'issued' | 'opened' | 'confirmed' | 'given' | 'claimed' | 'dead' | 'removed';

/** A one-time page on which one person gives one value. Never the value itself. */
export interface Intake {
  readonly id: string;
  readonly personId: string;
  readonly draftId: string;
  readonly path: string;
  readonly label: string;
  /** What it is asked for: the title of the catalog item. */
  readonly about: string;
  readonly hint: string | null;
  readonly isMultiline: boolean;
  /** The Slack view that asked. */
  readonly screen: string | null;
  readonly state: IntakeState;
  readonly browserHash: string | null;
  readonly number: string | null;
  readonly attempts: number;
  readonly traceId: string;
  readonly isExpired: boolean;
  readonly secondsLeft: number;
}

export type IntakeWish = Pick<
  Intake,
  'personId' | 'draftId' | 'path' | 'label' | 'about' | 'hint' | 'isMultiline' | 'screen' | 'traceId'
>;

const COLUMNS = `id, person_id as "personId", draft_id as "draftId", path, label, about, hint, is_multiline as "isMultiline", screen, state,
  browser_hash as "browserHash", number, attempts, trace_id as "traceId", expires_at <= now() as "isExpired",
  extract(epoch from expires_at - now())::float8 as "secondsLeft"`;

type Source = Pick<Tx, 'query'>;

/** Rows of one-time pages. Every change of state is a compare-and-set. */
export class IntakeStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(tx: Tx, id: string, token: string, wish: IntakeWish, seconds: number): Promise<Date> {
    const [row] = await tx.query<{ expires_at: Date }>(
      `insert into secret_intakes (id, token_hash, person_id, draft_id, path, label, about, hint, is_multiline, screen, trace_id, state, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'issued', now() + make_interval(secs => $12)) returning expires_at`,
      [
        id,
        hashOf(token),
        wish.personId,
        wish.draftId,
        wish.path,
        wish.label,
        wish.about,
        wish.hint,
        wish.isMultiline,
        wish.screen,
        wish.traceId,
        seconds,
      ],
    );
    return row?.expires_at ?? new Date(0);
  }

  async byToken(token: string, source: Source = this.transactions): Promise<Intake | null> {
    const [row] = await source.query<Intake>(`select ${COLUMNS} from secret_intakes where token_hash = $1`, [
      hashOf(token),
    ]);
    return row ?? null;
  }

  async lock(tx: Tx, id: string): Promise<Intake | null> {
    const [row] = await tx.query<Intake>(`select ${COLUMNS} from secret_intakes where id = $1 for update`, [id]);
    return row ?? null;
  }

  /** How many pages a person was given lately. */
  async countRecent(personId: string, seconds: number): Promise<number> {
    const [row] = await this.transactions.query<{ count: number }>(
      'select count(*)::int as count from secret_intakes where person_id = $1 and created_at > now() - make_interval(secs => $2)',
      [personId, seconds],
    );
    return row?.count ?? 0;
  }

  /** Binds it to the browser that opened it first; false when another one was quicker. */
  open(tx: Tx, id: string, browserToken: string, number: string): Promise<boolean> {
    return moved(
      tx,
      `update secret_intakes set state = 'opened', browser_hash = $2, number = $3, version = version + 1
       where id = $1 and state = 'issued' and expires_at > now() returning id`,
      [id, hashOf(browserToken), number],
    );
  }

  /** One wrong number more; at the last one it is dead. */
  async countAttempt(tx: Tx, id: string, most: number): Promise<void> {
    await tx.query(
      `update secret_intakes set attempts = attempts + 1, version = version + 1,
         state = case when attempts + 1 >= $2 then 'dead' else state end where id = $1 and state = 'opened'`,
      [id, most],
    );
  }

  confirm(tx: Tx, id: string): Promise<boolean> {
    return moved(
      tx,
      `update secret_intakes set state = 'confirmed', version = version + 1 where id = $1 and state = 'opened' and expires_at > now() returning id`,
      [id],
    );
  }

  /** Written down before anything is stored there, so that it is found and removed whatever happens then. */
  willKeepAt(id: string, place: string): Promise<boolean> {
    return moved(
      this.transactions,
      `update secret_intakes set places = places || $2::text, version = version + 1
       where id = $1 and state = 'confirmed' and expires_at > now() returning id`,
      [id, place],
    );
  }

  /** It is given; what was given before for the same question is not wanted any more. */
  async give(tx: Tx, { id, draftId, path }: Pick<Intake, 'id' | 'draftId' | 'path'>, ref: SecretRef): Promise<boolean> {
    const won = await moved(
      tx,
      `update secret_intakes set state = 'given', secret_ref = $2, version = version + 1
       where id = $1 and state = 'confirmed' and expires_at > now() returning id`,
      [id, ref],
    );
    if (won)
      await tx.query(
        `update secret_intakes set state = 'dead', secret_ref = null, version = version + 1
         where draft_id = $1 and path = $2 and id <> $3 and state = 'given'`,
        [draftId, path, id],
      );
    return won;
  }

  /** Those of the references that this person gave, and no request holds yet. */
  async usable(refs: readonly SecretRef[], personId: string): Promise<Set<SecretRef>> {
    const rows = await this.transactions.query<{ ref: string }>(
      `select secret_ref as ref from secret_intakes where secret_ref = any($1::text[]) and person_id = $2 and state = 'given'`,
      [refs, personId],
    );
    return new Set(rows.map(({ ref }) => ref));
  }

  /** Answers how many of them the request holds now. */
  async claim(tx: Tx, refs: readonly SecretRef[], personId: string, requestId: string): Promise<number> {
    const rows = await tx.query(
      `update secret_intakes set state = 'claimed', request_id = $3, version = version + 1
       where secret_ref = any($1::text[]) and person_id = $2 and state = 'given' returning id`,
      [refs, personId, requestId],
    );
    return rows.length;
  }

  /** Those with something in the secret store that are over by themselves, or are among `ended`. */
  async removable(ended: readonly string[], most: number): Promise<Kept[]> {
    return this.transactions.query<Kept>(
      `select id, state, places, person_id as "personId", label, trace_id as "traceId" from secret_intakes
       where places <> '{}' and (state = 'dead' or id = any($1::text[])
         or (state = 'confirmed' and expires_at < now() - interval '1 minute'))
       order by created_at limit $2`,
      [ended, most],
    );
  }

  markRemoved(tx: Tx, { id, state }: Pick<Kept, 'id' | 'state'>): Promise<boolean> {
    return moved(
      tx,
      `update secret_intakes set state = 'removed', places = '{}', secret_ref = null, version = version + 1 where id = $1 and state = $2 returning id`,
      [id, state],
    );
  }
}

/** One of which something is in the secret store. */
export interface Kept {
  readonly id: string;
  readonly state: IntakeState;
  readonly places: readonly string[];
  readonly personId: string;
  readonly label: string;
  readonly traceId: string;
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

async function moved(source: Source, sql: string, values: unknown[]): Promise<boolean> {
  return (await source.query(sql, values)).length > 0;
}
