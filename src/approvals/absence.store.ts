import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';

/** Somebody is away; with a delegate, that person stands in for them. */
export interface Absence {
  readonly id: string;
  readonly personId: string;
  readonly delegateId: string | null;
  readonly endsAt: Date;
}

export type Away = Pick<Absence, 'personId' | 'delegateId'>;

interface Row {
  id: string;
  person_id: string;
  delegate_id: string | null;
  ends_at: Date;
}

type Source = Pick<Tx, 'query'>;

const AWAY = `state = 'away' and starts_at <= now() and ends_at > now()`;

/** Rows of absences. One a person at a time; they end by the database's clock. */
@Injectable()
export class AbsenceStore {
  constructor(private readonly transactions: Transactions) {}

  /** Who of these people is away now, and who stands in for them; of everybody, with null. */
  away(personIds: readonly string[] | null): Promise<Away[]> {
    return this.transactions.query(
      `select person_id as "personId", delegate_id as "delegateId" from absences
       where ${AWAY} and ($1::text[] is null or person_id = any($1)) order by starts_at, person_id`,
      [personIds],
    );
  }

  /** Null when they are not away. */
  async find(personId: string, source: Source = this.transactions): Promise<Absence | null> {
    const [row] = await source.query<Row>(`select * from absences where ${AWAY} and person_id = $1`, [personId]);
    return row === undefined ? null : absenceOf(row);
  }

  /** For whom this person stands in now. */
  async delegatedTo(personId: string): Promise<Absence[]> {
    const rows = await this.transactions.query<Row>(`select * from absences where ${AWAY} and delegate_id = $1`, [
      personId,
    ]);
    return rows.map(absenceOf);
  }

  async begin(
    tx: Tx,
    wish: { id: string; personId: string; delegateId: string | null; endsAt: Date },
  ): Promise<Absence> {
    const { id, personId, delegateId, endsAt } = wish;
    await tx.query(
      `insert into absences (id, person_id, delegate_id, ends_at) values ($1, $2, $3, $4)
       on conflict (person_id) where state = 'away' do update
       set delegate_id = $3, ends_at = $4, starts_at = now(), version = absences.version + 1`,
      [id, personId, delegateId, endsAt],
    );
    return wish;
  }

  /** Persons whose absence is over, and nobody has said so yet. */
  async overdue(): Promise<string[]> {
    const rows = await this.transactions.query<{ person_id: string }>(
      `select person_id from absences where state = 'away' and ends_at <= now() order by ends_at limit 50`,
    );
    return rows.map((row) => row.person_id);
  }

  async endIfOverdue(tx: Tx, personId: string): Promise<boolean> {
    const rows = await tx.query(
      `update absences set state = 'back', version = version + 1
       where person_id = $1 and state = 'away' and ends_at <= now() returning id`,
      [personId],
    );
    return rows.length > 0;
  }

  /** Null when they were not away. */
  async end(tx: Tx, personId: string): Promise<Absence | null> {
    const [row] = await tx.query<Row>(
      `update absences set state = 'back', version = version + 1 where person_id = $1 and state = 'away' returning *`,
      [personId],
    );
    return row === undefined ? null : absenceOf(row);
  }
}

function absenceOf(row: Row): Absence {
  return { id: row.id, personId: row.person_id, delegateId: row.delegate_id, endsAt: row.ends_at };
}
