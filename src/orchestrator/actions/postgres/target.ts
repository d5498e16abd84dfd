import pg from 'pg';
import { z } from 'zod';
import { messageOf } from '../../../shared/index.js';
import { ActionFailed, type PlannedEffect } from '../../action.js';

const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
const STATEMENT_TIMEOUT_MILLISECONDS = 55_000;
/** Connection trouble and "try again later" classes of SQLSTATE; everything else will not work by itself. */
const PASSING = /^(08|53|57P|40|55006|55P03|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/;

/** As PostgreSQL takes it without quoting, so that nothing has to be escaped to be safe; it is quoted all the same. */
export const identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'lower-case letters, digits and underscores, at most 63, beginning with a letter');
export const connectionLimit = z.int().min(1).max(10_000);

export type Sql = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** The server on which databases are made, through a role that may create roles and databases. */
export class PostgresTarget {
  readonly host: string;
  readonly port: number;

  constructor(private readonly adminUrl: string) {
    const url = new URL(adminUrl);
    this.host = url.hostname;
    this.port = url.port === '' ? 5432 : Number(url.port);
  }

  /** Runs work on one connection as the administrator. @throws ActionFailed with a sentence, retryable when the server is just away */
  async as<T>(database: string | null, work: (sql: Sql) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const url = new URL(this.adminUrl);
    if (database !== null) url.pathname = `/${encodeURIComponent(database)}`;
    return this.connected(url.href, work, signal);
  }

  /** The same as the given login, to see whether its credentials work. */
  async login<T>(
    who: { database: string; username: string; password: string },
    work: (sql: Sql) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const url = new URL(this.adminUrl);
    url.username = encodeURIComponent(who.username);
    url.password = encodeURIComponent(who.password);
    url.pathname = `/${encodeURIComponent(who.database)}`;
    return this.connected(url.href, work, signal);
  }

  private async connected<T>(
    connectionString: string,
    work: (sql: Sql) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
      statement_timeout: STATEMENT_TIMEOUT_MILLISECONDS,
      application_name: 'quartermaster',
    });
    // A connection that breaks between two statements says so here as well; the statement's own rejection is the one that counts.
    client.on('error', () => undefined);
    const abort = (): void => void client.end().catch(() => undefined);
    try {
      await client.connect();
      signal?.addEventListener('abort', abort);
      return await work(
        async <Row>(text: string, values: readonly unknown[] = []) =>
          (await client.query(text, [...values])).rows as Row[],
      );
    } catch (error) {
      throw explained(error);
    } finally {
      signal?.removeEventListener('abort', abort);
      await client.end().catch(() => undefined);
    }
  }
}

/** A plan that can't be made because the server is away says so instead of failing. */
export async function plannable(plan: () => Promise<PlannedEffect>): Promise<PlannedEffect> {
  try {
    return await plan();
  } catch (error) {
    if (error instanceof ActionFailed) return { kind: 'cannot', summary: error.publicMessage };
    throw error;
  }
}

export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

export function literal(text: string): string {
  return pg.escapeLiteral(text);
}

function explained(error: unknown): unknown {
  if (error instanceof ActionFailed) return error;
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const away = PASSING.test(code) || /timeout|terminated|not queryable|ended/i.test(messageOf(error));
  if (away) return new ActionFailed('The PostgreSQL server does not answer just now.', true, { cause: error });
  if (code === '28P01' || code === '28000')
    return new ActionFailed('The PostgreSQL server refused the login.', false, { cause: error });
  if (code === '42501')
    return new ActionFailed('Quartermaster’s own role is not allowed to do this on the PostgreSQL server.', false, {
      cause: error,
    });
  return new ActionFailed(`PostgreSQL refused a statement (SQLSTATE ${code === '' ? 'unknown' : code}).`, false, {
    cause: error,
  });
}
