import { presentView } from '../operations/views.js';
import { presentMessage } from '../workspace/present.js';
import type { ChannelRecord, MessageRecord, ViewRecord } from '../workspace/records.js';
import { APP_ID } from '../workspace/workspace-seed.js';
import type { World } from '../world.js';

type Json = Record<string, unknown>;

/** Slack still sends it; apps must check the signature instead. */
const VERIFICATION_TOKEN = 'playground-verification-token';

/** What every interaction payload starts with. */
export function basePayload(world: World, type: string, userId: string): Json {
  const user = world.workspace.user(userId);
  const { team } = world.workspace;
  return {
    type,
    team: { id: team.id, domain: team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: APP_ID,
    token: VERIFICATION_TOKEN,
    is_enterprise_install: false,
    enterprise: null,
  };
}

export function channelName(channel: ChannelRecord): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.kind === 'private' ? 'privategroup' : channel.name;
}

export const channelField = (channel: ChannelRecord): Json => ({ id: channel.id, name: channelName(channel) });

/** Where an element of a message stands: ephemeral messages come without their content, as in Slack. */
export function messageContext(world: World, channel: ChannelRecord, message: MessageRecord): Json {
  const ephemeral = message.ephemeralTo !== undefined;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral,
      ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    },
    channel: channelField(channel),
    ...(ephemeral ? {} : { message: presentMessage(world.workspace, message, world.baseUrl) }),
  };
}

export const viewContext = (world: World, view: ViewRecord): Json => ({
  container: { type: 'view', view_id: view.id },
  view: presentView(world, view),
});

export const commandToken = VERIFICATION_TOKEN;

export const responseUrl = (world: World, kind: 'commands' | 'actions', token: string): string =>
  `${world.baseUrl}/${kind}/${world.workspace.team.id}/${token}`;
