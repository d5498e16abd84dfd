import { z } from 'zod';
import { IdentityRefused, type People } from '../../identity/index.js';
import { ActionFailed, type SlackMembers, type SlackPeopleWish } from '../../orchestrator/index.js';
import { SlackSaidNo } from './slack-said-no.js';
import type { StepCalls } from './step-calls.js';

/** As many as Slack takes in one call for sure. */
const MAX_INVITED = 100;
const PAGE = 1000;
const ALREADY = ['already_in_channel', 'cant_invite_self'];
const GONE = ['not_in_channel', 'user_not_found', 'channel_not_found', 'is_archived', 'cant_kick_self'];

const members = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});
const done = z.unknown();

/** Who is in a channel, for steps. Who counts as a person is identity's to say. */
export class StepMembers implements SlackMembers {
  constructor(
    private readonly calls: StepCalls,
    private readonly people: People,
    private readonly groupMembers: (handle: string) => Promise<readonly string[]>,
  ) {}

  async whoAre({ people, groups, teams }: SlackPeopleWish): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const named of people) ids.push(await this.person(named));
    for (const handle of groups) ids.push(...(await this.ofGroup(handle.replace(/^@/, ''))));
    for (const team of teams) ids.push(...(await this.ofTeam(team)));
    return [...new Set(ids)];
  }

  async of(channel: string): Promise<ReadonlySet<string>> {
    const inside = new Set<string>();
    let cursor = '';
    do {
      const wish = { channel, limit: PAGE, ...(cursor !== '' && { cursor }) };
      const answer = await this.calls.call('conversations.members', wish, members);
      for (const id of answer.members) inside.add(id);
      cursor = answer.response_metadata?.next_cursor ?? '';
    } while (cursor !== '');
    return inside;
  }

  async invite(channel: string, personIds: readonly string[]): Promise<void> {
    let refusal: unknown;
    for (let start = 0; start < personIds.length; start += MAX_INVITED) {
      const users = personIds.slice(start, start + MAX_INVITED).join(',');
      const invite = () => this.calls.call('conversations.invite', { channel, users, force: true }, done);
      // One who can't come must not keep the others out: who is missing is seen below.
      await this.calls
        .unless(ALREADY, () => this.calls.inside(channel, invite))
        .catch((error: unknown) => {
          if (!(error instanceof SlackSaidNo)) throw error;
          refusal = error;
        });
    }
    const inside = await this.of(channel);
    const missing = personIds.filter((id) => !inside.has(id));
    if (missing.length === 0) return;
    if (refusal instanceof SlackSaidNo && missing.length === personIds.length) throw refusal;
    const names = missing.map((id) => `<@${id}>`).join(', ');
    throw new ActionFailed(
      `Slack would not let ${names} in: deactivated, a guest, or of another workspace. The others are in; leave these out, then try again.`,
      false,
    );
  }

  async remove(channel: string, user: string): Promise<void> {
    const kick = () => this.calls.call('conversations.kick', { channel, user }, done);
    await this.calls.unless(GONE, kick);
  }

  private async person(named: string): Promise<string> {
    try {
      return (await (named.includes('@') ? this.people.withEmail(named) : this.people.get(named))).id;
    } catch (error) {
      if (!(error instanceof IdentityRefused)) throw cannotAsk(error);
      const who = named.includes('@') ? named : `<@${named}>`;
      throw new ActionFailed(
        `Slack knows nobody of this workspace as ${who} who may be invited by a step: not guests, bots or deactivated people. Correct it, then try again.`,
        false,
        { cause: error },
      );
    }
  }

  private async ofGroup(handle: string): Promise<readonly string[]> {
    try {
      return await this.groupMembers(handle);
    } catch (cause) {
      throw new ActionFailed(`Slack gave no user group @${handle}. See that it is there, then try again.`, true, {
        cause,
      });
    }
  }

  private async ofTeam(team: string): Promise<readonly string[]> {
    const found = await this.people.inTeam(team).catch((error: unknown) => {
      throw cannotAsk(error);
    });
    if (found.length > 0) return found.map(({ id }) => id);
    throw new ActionFailed(`There is no team ${team} in access.yaml, or nobody of it is in Slack.`, false);
  }
}

function cannotAsk(cause: unknown): ActionFailed {
  return new ActionFailed('Slack could not be asked who they are. Nobody was invited; it is tried again.', true, {
    cause,
  });
}
