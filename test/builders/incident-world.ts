import type { Person } from '../../src/identity/index.js';
import type { RoomsInMemory } from '../fakes/rooms-in-memory.js';
import type { SlackPeople } from '../fakes/slack-people.js';
import { Core } from './core.js';
import { type ProvisionedDatabase, provisionedDatabase } from './provisioned-database.js';

/** The whole product but its face, with databases for incidents to happen on. */
export class IncidentWorld {
  private readonly made: ProvisionedDatabase[] = [];

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

  /** See {@link provisionedDatabase}; owned by ada, and dropped at the end. */
  async resource(): Promise<ProvisionedDatabase> {
    const made = await provisionedDatabase(this.core.app, this.core.database, 'U0ADA');
    this.made.push(made);
    return made;
  }

  async close(): Promise<void> {
    await this.core.stop();
    for (const database of this.made) await database.drop();
  }
}
