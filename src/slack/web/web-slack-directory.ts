import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type DirectoryUser, SlackDirectory } from '../../identity/index.js';
import { SlackClient } from './slack-client.js';
import { isRefusal, retryAfterSeconds } from './slack-errors.js';
import { Workspace } from './workspace.js';

const user = z.object({
  id: z.string(),
  team_id: z.string().default(''),
  name: z.string().default(''),
  real_name: z.string().optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  tz: z.string().nullish(),
  profile: z
    .object({ email: z.string().optional(), real_name: z.string().optional(), display_name: z.string().optional() })
    .default({}),
});
const oneUser = z.object({ user });
const groups = z.object({
  usergroups: z.array(z.object({ id: z.string(), handle: z.string(), date_delete: z.number().default(0) })),
});
const members = z.object({ users: z.array(z.string()) });

const LONGEST_WAIT_SECONDS = 2;
/** Slack's own bot, which says of itself that it is none. */
const SLACKBOT = 'USLACKBOT';

/** Who Slack knows, by its Web API. Remembering is identity's business. */
@Injectable()
export class WebSlackDirectory extends SlackDirectory {
  constructor(
    private readonly client: SlackClient,
    private readonly workspace: Workspace,
  ) {
    super();
  }

  async homeTeamId(): Promise<string> {
    return (await this.workspace.facts()).teamId;
  }

  user(id: string): Promise<DirectoryUser | null> {
    return this.unlessUnknown(() => this.client.users.info({ user: id }));
  }

  userByEmail(email: string): Promise<DirectoryUser | null> {
    return this.unlessUnknown(() => this.client.users.lookupByEmail({ email }));
  }

  async userGroupMembers(handle: string): Promise<readonly string[]> {
    const { usergroups } = groups.parse(await patiently(() => this.client.usergroups.list({})));
    const group = usergroups.find((one) => one.handle === handle && one.date_delete === 0);
    if (group === undefined) throw new Error(`Slack knows no user group @${handle}.`);
    return members.parse(await patiently(() => this.client.usergroups.users.list({ usergroup: group.id }))).users;
  }

  private async unlessUnknown(call: () => Promise<unknown>): Promise<DirectoryUser | null> {
    try {
      return directoryUser(oneUser.parse(await patiently(call)).user);
    } catch (error) {
      if (isRefusal(error, 'user_not_found', 'users_not_found', 'user_not_visible')) return null;
      throw error;
    }
  }
}

/** Waits once if Slack asks for a moment; somebody is waiting for the answer, so no longer than that. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const seconds = retryAfterSeconds(error);
    if (seconds === undefined || seconds > LONGEST_WAIT_SECONDS) throw error;
    await new Promise((wake) => setTimeout(wake, seconds * 1000));
    return call();
  }
}

function directoryUser(from: z.infer<typeof user>): DirectoryUser {
  const name = [from.profile.display_name, from.profile.real_name, from.real_name, from.name].find(
    (one) => one !== undefined && one !== '',
  );
  return {
    id: from.id,
    teamId: from.team_id,
    name: name ?? from.id,
    deleted: from.deleted,
    isBot: from.is_bot || from.id === SLACKBOT,
    isRestricted: from.is_restricted,
    isUltraRestricted: from.is_ultra_restricted,
    isStranger: from.is_stranger,
    ...(from.profile.email !== undefined && { email: from.profile.email }),
    ...(typeof from.tz === 'string' && { timezone: from.tz }),
  };
}
