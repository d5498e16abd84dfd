import type { ClientBase } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { AppError } from '../../shared/index.js';
import { WakeUps } from './wake-ups.js';
import { WriteHealth } from './write-health.js';

/** One open transaction, in the three forms its users need. Never keep it after the work returned. */
export interface Tx {
  readonly manager: EntityManager;
  /** The raw `pg` client, for the durable engine's transactional enqueue. */
  readonly client: ClientBase;
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Work for the end of the transaction, just before its commit, in the order in which it was asked for: what takes locks that many want. */
  atEnd(work: () => Promise<void>): void;
  /** Once this is committed, those who listen to the channel are notified: soon, or never when the process dies in between. */
  wake(channel: string): void;
}

export class DatabaseUnavailable extends AppError {
  readonly code = 'database.unavailable';
}

/** The connection was lost between a COMMIT and its answer: who knows the key of what was to be written can look it up. */
class OutcomeUnknown extends DatabaseUnavailable {
  constructor(cause: unknown) {
    super(
      'The database of Quartermaster went away at the last moment, and what you did may or may not have been kept. Please try again: nothing is done twice.',
      { cause },
    );
  }
}

const RETRIED = new Set(['40001', '40P01']);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '08003',
  '53300',
]);
const MAX_ATTEMPTS = 5;

/** Runs work in a transaction. Deadlocks and serialization failures are tried again, at most {@link MAX_ATTEMPTS} times in all. */
export class Transactions {
  private readonly wakeUps: WakeUps;
  private readonly writing = new WriteHealth();

  constructor(private readonly dataSource: DataSource) {
    this.wakeUps = new WakeUps((sql, parameters) => dataSource.query(sql, parameters));
  }

  /** Commits when `work` returns, rolls back when it throws. `work` may run more than once: no effects outside the database in it. */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt < MAX_ATTEMPTS && RETRIED.has(sqlState(error) ?? '')) continue;
        throw this.translated(error);
      }
    }
  }

  /** Why the database takes no change, such as a full disk; null while it does. */
  get refusal(): string | null {
    return this.writing.refusal;
  }

  /** Reads outside of a transaction. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    try {
      return rowsOf<Row>(await this.dataSource.query(sql, [...parameters]));
    } catch (error) {
      throw this.translated(error);
    }
  }

  private async once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as ClientBase;
      await runner.startTransaction();
      const channels = new Set<string>();
      const last: (() => Promise<void>)[] = [];
      try {
        const result = await work(txOf(runner, client, { channels, last }));
        for (const one of last) await one();
        const wrote = this.refusal !== null && (await hasWritten(runner));
        await runner.commitTransaction().catch((error: unknown) => {
          throw isUnreachable(error) ? new OutcomeUnknown(error) : error;
        });
        if (wrote) this.writing.noteWritten();
        this.wakeUps.send(channels);
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release().catch(() => undefined);
    }
  }

  private translated(error: unknown): unknown {
    if (error instanceof DatabaseUnavailable) return error;
    const refused = this.writing.noteFailure(sqlState(error));
    if (!refused && !isUnreachable(error)) return error;
    return new DatabaseUnavailable(
      refused
        ? 'The database of Quartermaster takes no changes just now. Nothing was changed; please try again later, and tell the platform team.'
        : 'The database of Quartermaster can’t be reached just now. Nothing was changed; please try again in a minute.',
      { cause: error },
    );
  }
}

interface Ending {
  readonly channels: Set<string>;
  readonly last: (() => Promise<void>)[];
}

function txOf(runner: QueryRunner, client: ClientBase, { channels, last }: Ending): Tx {
  return {
    manager: runner.manager,
    client,
    atEnd: (work) => last.push(work),
    wake: (channel) => channels.add(channel),
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      rowsOf<Row>(await runner.query(sql, [...parameters])),
  };
}

/** TypeORM answers rows for select and `[rows, count]` for update and delete, with or without `returning`. */
function rowsOf<Row>(result: unknown): Row[] {
  if (!Array.isArray(result)) return [];
  const isPair = result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number';
  return (isPair ? result[0] : result) as Row[];
}

/** The name of the constraint that a failed query broke. */
export function violatedConstraint(error: unknown): string | undefined {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const isNamed = typeof inner === 'object' && inner !== null && 'constraint' in inner;
  return isNamed && typeof inner.constraint === 'string' ? inner.constraint : undefined;
}

/** The SQLSTATE (or system error code) of a failed query, from wherever the driver put it. */
export function sqlState(error: unknown): string | undefined {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof inner === 'object' && inner !== null && 'code' in inner && typeof inner.code === 'string')
    return inner.code;
  return undefined;
}

async function hasWritten(runner: QueryRunner): Promise<boolean> {
  const [row] = rowsOf<{ wrote: boolean }>(
    await runner.query('select pg_current_xact_id_if_assigned() is not null as wrote'),
  );
  return row?.wrote ?? false;
}

function isUnreachable(error: unknown): boolean {
  const lost =
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    );
  return lost || UNREACHABLE.has(sqlState(error) ?? '');
}
