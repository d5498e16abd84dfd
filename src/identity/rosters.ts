/** Who is meant: people by e-mail, or everyone in a Slack user group (by handle). */
export interface Roster {
  readonly emails: readonly string[];
  readonly slackGroups: readonly string[];
}

export interface TeamRoster {
  readonly teamId: string;
  readonly members: Roster;
  readonly leads: Roster;
}

export interface RoleRoster {
  readonly role: string;
  readonly people: Roster;
}

/** Port, bound in policy/: the teams, roles and managers of access.yaml, as they are at this moment. */
export abstract class Rosters {
  abstract teams(): readonly TeamRoster[];
  abstract roles(): readonly RoleRoster[];

  /** E-mail of this person's manager; null when none is named. */
  managerOf(_email: string): string | null {
    return null;
  }

  /** E-mails of those whose manager this person is. */
  managedBy(_email: string): readonly string[] {
    return [];
  }
}
