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

/** Port, bound in policy/: the teams and roles of access.yaml, as they are at this moment. */
export abstract class Rosters {
  abstract teams(): readonly TeamRoster[];
  abstract roles(): readonly RoleRoster[];
}
