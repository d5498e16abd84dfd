export type Relation = 'member' | 'lead';

/** A human of our workspace, with what they belong to. Keyed by the Slack user id, never by a display name. */
export interface Person {
  /** Slack user id. */
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string;
  /** A lead is listed as `lead` only, and counts as a member wherever members are meant. */
  readonly teams: readonly { readonly teamId: string; readonly relation: Relation }[];
  readonly roles: readonly string[];
  /** IANA name, as Slack says. */
  readonly timezone?: string;
}

/** Whether the person is in the team, as a lead if that is asked. */
export function isInTeam(person: Person, teamId: string, relation: Relation = 'member'): boolean {
  return person.teams.some((team) => team.teamId === teamId && (relation === 'member' || team.relation === 'lead'));
}
