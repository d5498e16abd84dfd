/** What Slack says about a user. Nothing here has been judged yet: {@link People} decides who counts as a person. */
export interface DirectoryUser {
  readonly id: string;
  /** The workspace the user belongs to. */
  readonly teamId: string;
  readonly email?: string;
  readonly name: string;
  readonly deleted: boolean;
  readonly isBot: boolean;
  /** Multi-channel guest (`is_restricted`). */
  readonly isRestricted: boolean;
  /** Single-channel guest (`is_ultra_restricted`). */
  readonly isUltraRestricted: boolean;
  /** Someone from another organisation in a shared channel (`is_stranger`). */
  readonly isStranger: boolean;
  readonly timezone?: string;
}

/**
 * Port, bound in slack/: who Slack knows. `null` means "Slack answered: there is no such user"; any failure to get an
 * answer must throw, so that identity fails closed.
 */
export abstract class SlackDirectory {
  /** The workspace the app is installed in (`auth.test`). */
  abstract homeTeamId(): Promise<string>;
  abstract user(id: string): Promise<DirectoryUser | null>;
  abstract userByEmail(email: string): Promise<DirectoryUser | null>;
  /** User ids of a user group, by handle without `@`. An unknown group throws. */
  abstract userGroupMembers(handle: string): Promise<readonly string[]>;
}
