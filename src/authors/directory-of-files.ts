import { createHash } from 'node:crypto';
import { type DirectoryUser, SlackDirectory } from '../identity/index.js';

const HOME = 'T0FILES';

/** Stands for Slack where there is none: everybody with an e-mail address is an ordinary person, and user groups are empty. */
export class DirectoryOfFiles extends SlackDirectory {
  private readonly asked = new Map<string, DirectoryUser>();

  homeTeamId(): Promise<string> {
    return Promise.resolve(HOME);
  }

  user(id: string): Promise<DirectoryUser | null> {
    return Promise.resolve(this.asked.get(id) ?? null);
  }

  userByEmail(email: string): Promise<DirectoryUser | null> {
    const id = `U${createHash('sha256').update(email).digest('hex').slice(0, 10).toUpperCase()}`;
    const [name = email] = email.split('@');
    const flags = { deleted: false, isBot: false, isRestricted: false, isUltraRestricted: false, isStranger: false };
    const user = { id, teamId: HOME, email, name, ...flags };
    this.asked.set(id, user);
    return Promise.resolve(user);
  }

  userGroupMembers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}
