import { Injectable, Logger } from '@nestjs/common';
import { Clock, messageOf } from '../shared/index.js';
import { ExpiringCache, Moments } from './expiring-cache.js';
import { IdentityRefused, IdentityUnavailable } from './identity.errors.js';
import { isInTeam, type Person, type Relation } from './person.js';
import { type Roster, Rosters } from './rosters.js';
import { type DirectoryUser, SlackDirectory } from './slack-directory.js';

/** Long enough to spare Slack, short enough that a leaver is gone within a minute. Votes never use it. */
const USER_TTL_SECONDS = 60;
const GROUP_TTL_SECONDS = 120;
const HOME_TTL_SECONDS = 3600;

/** No matter when it was asked, as long as it is remembered. */
const ANY_TIME = 0;

interface Freshness {
  /** Ask Slack now, whatever is remembered: for votes and other decisions that count. */
  readonly fresh?: boolean;
}

/** The one place that turns a Slack user into a person, and says who is in a team or has a role. Fails closed. */
@Injectable()
export class People {
  private readonly logger = new Logger(People.name);
  /** A look-up that must be fresh takes a new moment, and shares what it asked with itself: a group is read once, not once a member. */
  private readonly moments = new Moments();
  private readonly users: ExpiringCache<DirectoryUser | null>;
  private readonly byEmail: ExpiringCache<DirectoryUser | null>;
  private readonly groups: ExpiringCache<readonly string[]>;
  private readonly home: ExpiringCache<string>;

  constructor(
    private readonly directory: SlackDirectory,
    private readonly rosters: Rosters,
    clock: Clock,
  ) {
    this.users = new ExpiringCache(clock, this.moments, USER_TTL_SECONDS);
    this.byEmail = new ExpiringCache(clock, this.moments, USER_TTL_SECONDS);
    this.groups = new ExpiringCache(clock, this.moments, GROUP_TTL_SECONDS);
    this.home = new ExpiringCache(clock, this.moments, HOME_TTL_SECONDS);
  }

  /**
   * The person behind a Slack user id; a minute old at most.
   * @param slackTeamId the workspace the event says the user is from
   * @throws IdentityRefused for guests, bots, deactivated, foreign and unknown users
   * @throws IdentityUnavailable if Slack can't be asked
   */
  get(slackUserId: string, slackTeamId?: string): Promise<Person> {
    return this.find(slackUserId, slackTeamId, ANY_TIME);
  }

  /** As {@link get}, asked anew: for votes and whatever else must not rest on what was true a minute ago. */
  getFresh(slackUserId: string, slackTeamId?: string): Promise<Person> {
    return this.find(slackUserId, slackTeamId, this.moments.next());
  }

  /** Everybody access.yaml names who is in Slack and may act. */
  async list(): Promise<Person[]> {
    const teams = this.rosters.teams().flatMap(({ members, leads }) => [members, leads]);
    const roles = this.rosters.roles().map(({ people }) => people);
    return this.named([...teams, ...roles], ANY_TIME);
  }

  /** The people of a team; leads are members too. An unknown team has nobody. */
  async inTeam(teamId: string, relation: Relation = 'member', { fresh = false }: Freshness = {}): Promise<Person[]> {
    const team = this.rosters.teams().find((one) => one.teamId === teamId);
    if (team === undefined) return [];
    const named = await this.named(relation === 'lead' ? [team.leads] : [team.leads, team.members], this.since(fresh));
    return named.filter((person) => isInTeam(person, teamId, relation));
  }

  /** The people with a role. An unknown role has nobody. */
  async withRole(role: string, { fresh = false }: Freshness = {}): Promise<Person[]> {
    const roster = this.rosters.roles().find((one) => one.role === role);
    return roster === undefined ? [] : this.named([roster.people], this.since(fresh));
  }

  /** The manager of whoever has this e-mail address; nobody when access.yaml names none, or somebody who may not act. */
  async managerOf(email: string, { fresh = false }: Freshness = {}): Promise<Person[]> {
    const manager = this.rosters.managerOf(email);
    return manager === null ? [] : this.named([{ emails: [manager], slackGroups: [] }], this.since(fresh));
  }

  /** E-mails of those whose manager this person is. */
  managedBy({ email }: Person): readonly string[] {
    return this.rosters.managedBy(email);
  }

  /**
   * The one person with this e-mail address.
   * @throws IdentityRefused if nobody has it, or they may not act
   */
  withEmail(email: string, { fresh = false }: Freshness = {}): Promise<Person> {
    return this.findByEmail(email, this.since(fresh));
  }

  /** Somebody came, left or changed: what is remembered may be wrong. */
  forgetAll(): void {
    for (const cache of [this.users, this.byEmail, this.groups]) cache.forgetAll();
  }

  private since(fresh: boolean): number {
    return fresh ? this.moments.next() : ANY_TIME;
  }

  private async findByEmail(email: string, since: number): Promise<Person> {
    const wanted = email.toLowerCase();
    const user = await this.ask(() => this.byEmail.get(wanted, () => this.directory.userByEmail(wanted), since));
    if (user === null) throw new IdentityRefused('unknown', 'by e-mail');
    // Slack is asked by e-mail; should it ever answer with somebody else, that is nobody.
    if (user.email?.toLowerCase() !== wanted) throw new IdentityRefused('ambiguous', user.id);
    return this.personOf(user, undefined, since);
  }

  private async find(slackUserId: string, slackTeamId: string | undefined, since: number): Promise<Person> {
    if (!/^[UW][A-Z0-9]{2,20}$/.test(slackUserId)) throw new IdentityRefused('unknown', 'malformed id');
    const user = await this.ask(() => this.users.get(slackUserId, () => this.directory.user(slackUserId), since));
    if (user?.id !== slackUserId) throw new IdentityRefused('unknown', slackUserId);
    return this.personOf(user, slackTeamId, since);
  }

  private async personOf(user: DirectoryUser, slackTeamId: string | undefined, since: number): Promise<Person> {
    const home = await this.ask(() => this.home.get('home', () => this.directory.homeTeamId()));
    if (user.isBot) throw new IdentityRefused('bot', user.id);
    if (user.isStranger || user.teamId !== home || (slackTeamId ?? home) !== home)
      throw new IdentityRefused('foreign_workspace', user.id);
    if (user.deleted) throw new IdentityRefused('deactivated', user.id);
    if (user.isRestricted || user.isUltraRestricted) throw new IdentityRefused('guest', user.id);
    if (user.email === undefined || user.email === '') throw new IdentityRefused('no_email', user.id);
    const email = user.email.toLowerCase();
    return {
      id: user.id,
      email,
      name: user.name,
      teams: await this.teamsOf(user.id, email, since),
      roles: await this.rolesOf(user.id, email, since),
      ...(user.timezone !== undefined && { timezone: user.timezone }),
    };
  }

  private async teamsOf(id: string, email: string, since: number): Promise<Person['teams']> {
    const teams: { teamId: string; relation: Relation }[] = [];
    for (const { teamId, leads, members } of this.rosters.teams()) {
      if (await this.holds(leads, id, email, since)) teams.push({ teamId, relation: 'lead' });
      else if (await this.holds(members, id, email, since)) teams.push({ teamId, relation: 'member' });
    }
    return teams;
  }

  private async rolesOf(id: string, email: string, since: number): Promise<string[]> {
    const roles: string[] = [];
    for (const { role, people } of this.rosters.roles())
      if (await this.holds(people, id, email, since)) roles.push(role);
    return roles;
  }

  private async holds(roster: Roster, id: string, email: string, since: number): Promise<boolean> {
    if (roster.emails.includes(email)) return true;
    for (const handle of roster.slackGroups) if ((await this.members(handle, since)).includes(id)) return true;
    return false;
  }

  private async named(rosters: readonly Roster[], since: number): Promise<Person[]> {
    const found = new Map<string, Person>();
    const add = async (look: () => Promise<Person>): Promise<void> => {
      const person = await this.unlessRefused(look);
      if (person !== null) found.set(person.id, person);
    };
    for (const { emails, slackGroups } of rosters) {
      for (const email of emails) await add(() => this.findByEmail(email, since));
      for (const handle of slackGroups)
        for (const id of await this.members(handle, since)) await add(() => this.find(id, undefined, since));
    }
    return [...found.values()];
  }

  /** One name in a roster that leads nowhere must not stop the others; Slack not answering must. */
  private async unlessRefused(look: () => Promise<Person>): Promise<Person | null> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof IdentityRefused)) throw error;
      this.logger.debug(`Somebody whom access.yaml names does not count: ${error.code}`);
      return null;
    }
  }

  private members(handle: string, since: number): Promise<readonly string[]> {
    return this.ask(() => this.groups.get(handle, () => this.directory.userGroupMembers(handle), since));
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      this.logger.warn(`Slack could not be asked about people: ${messageOf(error)}`);
      throw new IdentityUnavailable(error);
    }
  }
}
