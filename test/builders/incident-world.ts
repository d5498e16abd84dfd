import { randomBytes } from 'node:crypto';
import { Catalog } from '../../src/catalog/index.js';
import type { Person } from '../../src/identity/index.js';
import { Resources } from '../../src/resources/index.js';
import { RandomIds } from '../../src/shared/index.js';
import type { RoomsInMemory } from '../fakes/rooms-in-memory.js';
import type { SlackPeople } from '../fakes/slack-people.js';
import { Core } from './core.js';
import { asAdmin } from './database.js';

/** The whole product but its face, with databases for incidents to happen on. */
export class IncidentWorld {
  private readonly made: string[] = [];

  private constructor(private readonly core: Core) {}

  static async open(): Promise<IncidentWorld> {
    return new IncidentWorld(await Core.start());
  }

  get rooms(): RoomsInMemory {
    return this.core.rooms;
  }

  get people(): SlackPeople {
    return this.core.people;
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.core.get(type);
  }

  /** By the name in the example catalog: ada and ben of Payments, lea their lead, oli on call, sam of Security. */
  person(name: string): Promise<Person> {
    return this.core.person(name);
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.core.database.transactions.query<Row>(sql, parameters);
  }

  /** A living production resource of Payments, owned by ada: a database that really exists, with a connection limit of 20. */
  async resource(): Promise<{ id: string; database: string }> {
    const { serverUrl, transactions } = this.core.database;
    const database = `qm_inc_${randomBytes(5).toString('hex')}`;
    await asAdmin(serverUrl, async (admin) => {
      await admin.query(`create role ${database} connection limit 20`);
      await admin.query(`create database ${database} owner ${database} connection limit 20`);
    });
    this.made.push(database);
    const id = new RandomIds().next('res');
    const { version, digest } = this.get(Catalog).item('postgres-database');
    await transactions.run(async (tx) => {
      const item = {
        itemName: 'postgres-database',
        itemVersion: version,
        itemDigest: digest,
        kind: 'postgres-database',
      };
      const whose = { teamId: 'payments', environment: 'production', ownerId: 'U0ADA' };
      const wish = { requestId: null, title: 'orders', parameters: {}, leaseHours: 24, traceId: 'test' };
      await this.get(Resources).register(tx, { id, ...item, ...whose, ...wish });
      await this.get(Resources).activate(tx, id, { outputs: { database }, secretRef: null, runId: 'run-00000000' });
    });
    return { id, database };
  }

  async connectionLimit(database: string): Promise<{ ofDatabase: number; ofRole: number }> {
    return asAdmin(this.core.database.serverUrl, async (admin) => {
      const { rows } = await admin.query<{ ofDatabase: number; ofRole: number }>(
        `select datconnlimit as "ofDatabase", rolconnlimit as "ofRole"
         from pg_database join pg_roles r on r.oid = datdba where datname = $1`,
        [database],
      );
      return rows[0]!;
    });
  }

  async close(): Promise<void> {
    const { serverUrl } = this.core.database;
    await this.core.stop();
    await asAdmin(serverUrl, async (admin) => {
      for (const name of this.made) {
        await admin.query(`drop database if exists ${name} with (force)`);
        await admin.query(`drop role if exists ${name}`);
      }
    });
  }
}
