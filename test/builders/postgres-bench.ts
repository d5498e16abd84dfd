import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ActionRegistry, builtInActions } from '../../src/orchestrator/index.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { ActionBench } from './action-bench.js';
import { asAdmin } from './database.js';

type Options = Parameters<typeof builtInActions>[0];

/** Actions on a PostgreSQL server through an administrator who may create roles and databases, and perhaps no more. */
export class PostgresBench {
  readonly secrets = new SecretsInMemory();
  private readonly admin = `qm_admin_${randomBytes(4).toString('hex')}`;
  private readonly registry: ActionRegistry;
  private readonly made: string[] = [];

  private constructor(
    readonly serverUrl: string,
    more: Partial<Options>,
  ) {
    const url = new URL(`${serverUrl}/postgres`);
    [url.username, url.password] = [this.admin, 'x'];
    this.registry = new ActionRegistry(builtInActions({ ...more, postgresUrl: url.href }));
  }

  static async start(
    serverUrl: string,
    kind: 'superuser' | 'plain',
    more: Partial<Options> = {},
  ): Promise<PostgresBench> {
    const bench = new PostgresBench(serverUrl, more);
    await bench.sql(
      `create role ${bench.admin} login password 'x' createrole createdb ${kind === 'plain' ? '' : kind}`,
    );
    return bench;
  }

  bench(id: string): ActionBench {
    return new ActionBench(this.registry.get(id), this.secrets);
  }

  /** As the server's superuser. */
  sql(text: string, values: unknown[] = [], where = 'postgres'): Promise<any[]> {
    return asAdmin(this.serverUrl, async (client) => (await client.query(text, values)).rows, where);
  }

  name(): string {
    const name = `qmt_${randomBytes(6).toString('hex')}`;
    this.made.push(name);
    return name;
  }

  /** A role and a database of its name, requested here. */
  async ready(): Promise<{ name: string; url: string; secretRef: string }> {
    const name = this.name();
    const { secretRef } = await this.role(name);
    await this.bench('postgres:database').apply({ name, owner: name, extensions: [], connectionLimit: 5 }, `${name}:d`);
    return { name, secretRef, url: (await this.secrets.get(secretRef)).url ?? '' };
  }

  async role(name = this.name()): Promise<{ name: string; secretRef: string }> {
    const { output } = await this.bench('postgres:role').apply({ name, connectionLimit: 5 }, `${name}:r`);
    return { name, secretRef: String(output.secretRef) };
  }

  async as<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    for (const name of this.made) await this.sql(`drop database if exists ${name} with (force)`);
    for (const name of [...this.made, this.admin]) {
      if ((await this.sql('select 1 from pg_roles where rolname = $1', [name])).length === 0) continue;
      await this.sql(`drop owned by ${name}`);
      await this.sql(`drop role ${name}`);
    }
  }
}
