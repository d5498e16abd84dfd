import type { CanvasRecord, ChannelRecord, FileRecord, MessageRecord, UsergroupRecord, UserRecord } from './records.js';
import type { Workspace } from './workspace.js';
import { APP_ID, BOT_ID } from './workspace-seed.js';

type Json = Record<string, unknown>;

/** A user as `users.info` shows it. */
export function presentUser(user: UserRecord): Json {
  const [firstName = '', ...rest] = user.realName.split(' ');
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deleted,
    color: user.color.slice(1),
    real_name: user.realName,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      title: user.title,
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      first_name: firstName,
      last_name: rest.join(' '),
      avatar_hash: '',
      ...(user.email === '' ? {} : { email: user.email }),
      ...(user.isBot ? { api_app_id: APP_ID, bot_id: BOT_ID } : {}),
      team: user.teamId,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.isRestricted,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_app_user: false,
    is_email_confirmed: !user.isBot,
    updated: 0,
  };
}

const stamped = ({ value, creator, lastSet }: ChannelRecord['topic']): Json => ({ value, creator, last_set: lastSet });

/** A conversation as `conversations.info` shows it to `viewerId`. */
export function presentChannel(workspace: Workspace, channel: ChannelRecord, viewerId: string): Json {
  const common = {
    id: channel.id,
    created: channel.created,
    is_archived: channel.isArchived,
    is_channel: channel.kind === 'channel',
    is_group: channel.kind === 'private',
    is_im: channel.kind === 'im',
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'channel',
    is_org_shared: false,
    is_shared: false,
    is_ext_shared: false,
    context_team_id: workspace.team.id,
  };
  if (channel.kind === 'im')
    return { ...common, user: channel.memberIds.find((id) => id !== viewerId) ?? viewerId, is_open: true, priority: 0 };
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_general: channel.isGeneral,
    is_member: channel.memberIds.includes(viewerId),
    creator: channel.creator,
    unlinked: 0,
    topic: stamped(channel.topic),
    purpose: stamped(channel.purpose),
    previous_names: [],
    num_members: channel.memberIds.length,
    properties: properties(workspace, channel),
  };
}

function properties(workspace: Workspace, channel: ChannelRecord): Json {
  const canvas = workspace.canvasOf(channel.id);
  if (canvas === undefined) return {};
  return { canvas: { file_id: canvas.id, is_empty: canvas.sections.length === 0, quip_thread_id: canvas.id } };
}

/** A canvas among files. */
export function presentCanvas(workspace: Workspace, canvas: CanvasRecord, baseUrl: string): Json {
  const url = `${baseUrl}/docs/${workspace.team.id}/${canvas.id}`;
  return {
    id: canvas.id,
    created: canvas.created,
    timestamp: canvas.created,
    name: canvas.title.replaceAll(' ', '_'),
    title: canvas.title,
    mimetype: 'application/vnd.slack-docs',
    filetype: 'quip',
    pretty_type: 'Canvas',
    user: canvas.user,
    user_team: workspace.team.id,
    size: canvas.sections.reduce((size, { markdown }) => size + markdown.length, 0),
    mode: 'quip',
    is_external: false,
    is_public: false,
    url_private: url,
    permalink: url,
    channels: canvas.channelId === null ? [] : [canvas.channelId],
  };
}

/** A file as it hangs on a message. */
export function presentFile(workspace: Workspace, file: FileRecord, baseUrl: string): Json {
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    ...(file.altText !== undefined && { alt_txt: file.altText }),
    filetype: file.name.includes('.') ? file.name.slice(file.name.lastIndexOf('.') + 1) : 'text',
    user: file.user,
    user_team: workspace.team.id,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    is_public: false,
    url_private: `${baseUrl}/files/${file.id}/${encodeURIComponent(file.name)}`,
    url_private_download: `${baseUrl}/files/${file.id}/${encodeURIComponent(file.name)}`,
    permalink: `${baseUrl}/files/${file.id}/${encodeURIComponent(file.name)}`,
    channels: file.channels,
  };
}

/** A message as history, events and interaction payloads show it. */
export function presentMessage(workspace: Workspace, message: MessageRecord, baseUrl: string): Json {
  const author = workspace.users.get(message.user);
  const files = message.fileIds.flatMap((id) => workspace.files.get(id) ?? []);
  return {
    type: 'message',
    ...(message.subtype === undefined ? {} : { subtype: message.subtype, ...message.subtypeFields }),
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: workspace.team.id,
    ...(author?.isBot === true ? { bot_id: BOT_ID, app_id: APP_ID, bot_profile: botProfile(workspace) } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments === undefined ? {} : { attachments: message.attachments }),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...threadFields(workspace, message),
    ...(message.reactions.length > 0 ? { reactions: presentReactions(message) } : {}),
    ...(files.length > 0 ? { files: files.map((file) => presentFile(workspace, file, baseUrl)), upload: false } : {}),
    ...pinFields(workspace, message),
  };
}

function pinFields(workspace: Workspace, message: MessageRecord): Json {
  const pinned = workspace.channels.get(message.channel)?.pins.some((pin) => pin.ts === message.ts) === true;
  return pinned ? { pinned_to: [message.channel] } : {};
}

const presentReactions = (message: MessageRecord): Json[] =>
  message.reactions.map(({ name, users }) => ({ name, users: [...users], count: users.length }));

function threadFields(workspace: Workspace, message: MessageRecord): Json {
  if (message.threadTs !== undefined && message.threadTs !== message.ts) {
    const parent = workspace.findMessage(message.channel, message.threadTs);
    return { thread_ts: message.threadTs, ...(parent === undefined ? {} : { parent_user_id: parent.user }) };
  }
  const replies = message.ephemeralTo === undefined ? workspace.repliesTo(message) : [];
  if (replies.length === 0) return {};
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users,
    latest_reply: replies.at(-1)?.ts,
    is_locked: false,
    subscribed: false,
  };
}

function botProfile(workspace: Workspace): Json {
  const bot = workspace.bot;
  return {
    id: BOT_ID,
    app_id: APP_ID,
    user_id: bot.id,
    name: bot.realName,
    deleted: false,
    updated: 0,
    icons: {},
    team_id: workspace.team.id,
  };
}

export function presentUsergroup(workspace: Workspace, group: UsergroupRecord, withUsers: boolean): Json {
  return {
    id: group.id,
    team_id: workspace.team.id,
    is_usergroup: true,
    name: group.name,
    description: group.description,
    handle: group.handle,
    is_external: false,
    date_create: group.created,
    date_update: group.created,
    date_delete: group.disabled ? group.created : 0,
    auto_type: null,
    user_count: group.userIds.length,
    ...(withUsers ? { users: [...group.userIds] } : {}),
  };
}
