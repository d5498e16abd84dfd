import { type DirectoryUser, SlackDirectory } from '../../src/identity/index.js';

const HOME = 'T00HOME';

/** A Slack directory in memory: ids are `U0` and the upper-case name, `U0ADA`. Counts what it is asked. */
export class SlackPeople extends SlackDirectory {
  readonly users = new Map<string, DirectoryUser>();
  readonly groups = new Map<string, string[]>();
  readonly asked: string[] = [];
  /** When set, Slack can't be reached. */
  down = false;

  constructor(names: readonly string[] = ['ada', 'ben', 'lea', 'sam', 'oli', 'pia']) {
    super();
    for (const name of names) this.add(name);
  }

  add(name: string, change: Partial<DirectoryUser> = {}): string {
    const user: DirectoryUser = {
      id: `U0${name.toUpperCase()}`,
      teamId: HOME,
      email: `${name}@quartermaster.test`,
      name,
      deleted: false,
      isBot: false,
      isRestricted: false,
      isUltraRestricted: false,
      isStranger: false,
      ...change,
    };
    this.users.set(user.id, user);
    return user.id;
  }

  async homeTeamId(): Promise<string> {
    return this.answer('home', HOME);
  }

  async user(id: string): Promise<DirectoryUser | null> {
    return this.answer(`user ${id}`, this.users.get(id) ?? null);
  }

  async userByEmail(email: string): Promise<DirectoryUser | null> {
    return this.answer(`email ${email}`, [...this.users.values()].find((user) => user.email === email) ?? null);
  }

  async userGroupMembers(handle: string): Promise<readonly string[]> {
    const members = this.groups.get(handle);
    if (members === undefined) throw new Error('no_such_subteam');
    return this.answer(`group ${handle}`, members);
  }

  private answer<T>(question: string, value: T): T {
    this.asked.push(question);
    if (this.down) throw new Error('ECONNREFUSED');
    return value;
  }
}
