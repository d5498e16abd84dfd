import pg from 'pg';
import { z } from 'zod';
import { AppError, messageOf } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';

const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
const STATEMENT_TIMEOUT_MILLISECONDS = 55_000;
/** Connection trouble and "try again later" classes of SQLSTATE; everything else will not work by itself. */
const AWAY = /^(08|53|57P|ECONN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/;
/** Somebody is in the way: another session, or an attempt of our own that the server has not given up yet. */
const IN_THE_WAY = /^(40|55006|55P03|42P04|42P06|42710|23505)/;
const STATEMENT_TIMED_OUT = '57014';
const LOST = /timeout expired|terminated|not queryable|ended/i;

const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'The PostgreSQL server refused the login.',
  '28000': 'The PostgreSQL server refused the login.',
  '3D000': 'There is no such database on the PostgreSQL server.',
  '42501': 'Quartermaster’s own role is not allowed to do this on the PostgreSQL server.',
  '2BP01': 'Other things on the PostgreSQL server still depend on it.',
};

/** As PostgreSQL takes it without quoting, so that nothing has to be escaped to be safe; it is quoted all the same. */
export const identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'lower-case letters, digits and underscores, at most 63, beginning with a letter');
export const extensionName = z.string().regex(/^[a-z][a-z0-9_-]{0,40}$/, 'the name of an extension');
export const connectionLimit = z.int().min(1).max(10_000);

export type Sql = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface Credentials {
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

/** The server on which databases are made, through a role that may create roles and databases. */
export class PostgresTarget {
  /** As people reach it. */
  readonly host: string;
  readonly port: number;

  /** `address` is `host:port`, where people reach the server otherwise than we do. */
  constructor(
    private readonly adminUrl: string,
    address?: string,
  ) {
    const url = new URL(address === undefined ? adminUrl : `postgres://${address}`);
    this.host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    this.port = url.port === '' ? 5432 : Number(url.port);
  }

  /** What a login's owner pastes into a client. The parts need no escaping: identifiers and base64url. */
  urlFor({ database, username, password }: Credentials): string {
    const url = new URL(this.adminUrl);
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    const sslmode = url.searchParams.get('sslmode');
    const query = sslmode === null ? '' : `?sslmode=${encodeURIComponent(sslmode)}`;
    return `postgres://${username}:${password}@${host}:${this.port}/${database}${query}`;
  }

  async majorVersion(): Promise<number> {
    const [row] = await this.as(null, (sql) =>
      sql<{ version: number }>(`select current_setting('server_version_num')::int / 10000 as version`),
    );
    return row?.version ?? 0;
  }

  /** How PostgreSQL's own programs log in as the administrator: never by arguments, which everybody on the machine can read. */
  programEnvironment(database: string): Record<string, string> {
    const url = new URL(this.adminUrl);
    const sslmode = url.searchParams.get('sslmode');
    return {
      PGHOST: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      PGPORT: url.port === '' ? '5432' : url.port,
      PGUSER: decodeURIComponent(url.username),
      PGPASSWORD: decodeURIComponent(url.password),
      PGDATABASE: database,
      PGAPPNAME: 'quartermaster',
      PGCONNECT_TIMEOUT: '10',
      ...(sslmode !== null && { PGSSLMODE: sslmode }),
    };
  }

  /** Runs work on one connection as the administrator. @throws ActionFailed with a sentence, retryable when the server is just away */
  async as<T>(database: string | null, work: (sql: Sql) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const url = new URL(this.adminUrl);
    if (database !== null) url.pathname = `/${encodeURIComponent(database)}`;
    return this.connected(url.href, work, signal);
  }

  /** The same as the given login, to see whether its credentials work. */
  async login<T>(who: Credentials, work: (sql: Sql) => Promise<T>, signal?: AbortSignal): Promise<T> {
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

export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

export function literal(text: string): string {
  return pg.escapeLiteral(text);
}

function explained(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (AWAY.test(code) || (code === '' && LOST.test(messageOf(error))))
    return new ActionFailed('The PostgreSQL server does not answer just now.', true, { cause: error });
  if (code === STATEMENT_TIMED_OUT)
    return new ActionFailed('A statement took too long on the PostgreSQL server.', true, { cause: error });
  if (IN_THE_WAY.test(code))
    return new ActionFailed('Something else on the PostgreSQL server is in the way just now.', true, { cause: error });
  const refusal = REFUSALS[code] ?? `PostgreSQL refused a statement (SQLSTATE ${code === '' ? 'unknown' : code}).`;
  return new ActionFailed(refusal, false, { cause: error });
}
