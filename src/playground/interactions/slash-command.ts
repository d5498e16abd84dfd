import { Refusal } from '../workspace/refusal.js';
import { APP_ID } from '../workspace/workspace-seed.js';
import type { World } from '../world.js';
import { failure, type Outcome, refused } from './outcome.js';
import { channelName, commandToken, responseUrl } from './payloads.js';
import { respond } from './respond.js';

export interface CommandInput {
  user: string;
  channel: string;
  command: string;
  text: string;
  threadTs?: string | undefined;
}

/** A person types a slash command. Resolves when the app has acknowledged it; what it answered at once is shown. */
export async function runSlashCommand(world: World, input: CommandInput): Promise<Outcome> {
  const { workspace } = world;
  if (input.threadTs !== undefined)
    return refused('command_in_thread', `${input.command} is not supported in threads. Sorry!`);
  if (!world.options.app.commands.some((known) => known.command === input.command))
    return refused('unknown_command', `${input.command} is not a valid command.`);
  const user = workspace.user(input.user);
  const channel = workspace.channelFor(user.id, input.channel);
  if (!channel.memberIds.includes(user.id)) throw new Refusal('not_in_channel');
  const target = { user: user.id, channel: channel.id, ephemeral: false };
  const payload = {
    token: commandToken,
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command: input.command,
    text: input.text,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: responseUrl(world, 'commands', world.responseUrls.issue(target)),
    trigger_id: world.triggers.issue({ user: user.id, channel: channel.id }),
  };
  try {
    const acknowledgement = await world.door.interact('slash_commands', payload);
    if (acknowledgement.kind === 'text') respond(world, target, { text: acknowledgement.text });
    // Over Socket Mode an empty acknowledgement arrives as an empty object.
    if (acknowledgement.kind === 'json' && Object.keys(acknowledgement.body).length > 0)
      respond(world, target, acknowledgement.body);
    return { ok: true };
  } catch (error) {
    return failure(error, input.command);
  }
}
