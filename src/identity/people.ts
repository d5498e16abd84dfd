import { Injectable } from '@nestjs/common';
import { IdentityUnavailable } from './identity.errors.js';
import type { Person, Relation } from './person.js';
import { Rosters } from './rosters.js';
import { SlackDirectory } from './slack-directory.js';

/** The one place that turns a Slack user into a person, and says who is in a team or has a role. */
@Injectable()
export class People {
  constructor(
    readonly directory: SlackDirectory,
    readonly rosters: Rosters,
  ) {}

  get(slackUserId: string, slackTeamId?: string): Promise<Person> {
    return Promise.reject(new IdentityUnavailable([slackUserId, slackTeamId]));
  }

  getFresh(slackUserId: string, slackTeamId?: string): Promise<Person> {
    return this.get(slackUserId, slackTeamId);
  }

  list(): Promise<Person[]> {
    return Promise.resolve([]);
  }

  inTeam(_teamId: string, _relation?: Relation, _options: { fresh?: boolean } = {}): Promise<Person[]> {
    return Promise.resolve([]);
  }

  withRole(_role: string, _options: { fresh?: boolean } = {}): Promise<Person[]> {
    return Promise.resolve([]);
  }
}
