import { z } from 'zod';
import type { BookmarkRecord, ChannelRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { ownChannel } from './conversations.js';
import { method } from './method.js';

const show = (world: World, channel: ChannelRecord, bookmark: BookmarkRecord): Record<string, unknown> => ({
  id: bookmark.id,
  channel_id: channel.id,
  title: bookmark.title,
  link: bookmark.link,
  emoji: bookmark.emoji ?? '',
  icon_url: '',
  type: 'link',
  entity_id: null,
  date_created: bookmark.created,
  date_updated: bookmark.updated,
  rank: 'U',
  last_updated_by_user_id: world.workspace.bot.id,
  last_updated_by_team_id: world.workspace.team.id,
  shortcut_id: null,
  app_id: null,
});

const MAX_BOOKMARKS = 100;

function assertLink(link: string): void {
  if (!/^https?:\/\//u.test(link)) throw new Refusal('invalid_link');
}

function bookmarkOf(channel: ChannelRecord, id: string): BookmarkRecord {
  const bookmark = channel.bookmarks.find((one) => one.id === id);
  if (bookmark === undefined) throw new Refusal('not_found');
  return bookmark;
}

const add = method(
  'bookmarks.add',
  z.looseObject({
    channel_id: z.string(),
    title: z.string().min(1),
    type: z.string(),
    link: z.string().optional(),
    emoji: z.string().optional(),
  }),
  (world, args) => {
    const channel = ownChannel(world, args.channel_id);
    if (args.type !== 'link') throw new Refusal('invalid_bookmark_type');
    if (args.link === undefined) throw new Refusal('invalid_link');
    assertLink(args.link);
    if (channel.bookmarks.length >= MAX_BOOKMARKS) throw new Refusal('too_many_bookmarks');
    const now = world.workspace.seconds();
    const bookmark: BookmarkRecord = {
      id: world.workspace.nextId('Bk'),
      title: args.title,
      link: args.link,
      created: now,
      updated: now,
      ...(args.emoji === undefined ? {} : { emoji: args.emoji }),
    };
    channel.bookmarks.push(bookmark);
    announce(world, { kind: 'channel', channel });
    return { bookmark: show(world, channel, bookmark) };
  },
);

const edit = method(
  'bookmarks.edit',
  z.looseObject({
    channel_id: z.string(),
    bookmark_id: z.string(),
    title: z.string().optional(),
    link: z.string().optional(),
    emoji: z.string().optional(),
  }),
  (world, args) => {
    const channel = ownChannel(world, args.channel_id);
    const bookmark = bookmarkOf(channel, args.bookmark_id);
    if (args.link !== undefined) assertLink(args.link);
    bookmark.title = args.title ?? bookmark.title;
    bookmark.link = args.link ?? bookmark.link;
    if (args.emoji !== undefined) bookmark.emoji = args.emoji;
    bookmark.updated = world.workspace.seconds();
    announce(world, { kind: 'channel', channel });
    return { bookmark: show(world, channel, bookmark) };
  },
);

const remove = method(
  'bookmarks.remove',
  z.looseObject({ channel_id: z.string(), bookmark_id: z.string() }),
  (world, args) => {
    const channel = ownChannel(world, args.channel_id);
    const bookmark = bookmarkOf(channel, args.bookmark_id);
    channel.bookmarks = channel.bookmarks.filter((one) => one !== bookmark);
    announce(world, { kind: 'channel', channel });
    return {};
  },
);

const list = method('bookmarks.list', z.looseObject({ channel_id: z.string() }), (world, args) => {
  const channel = ownChannel(world, args.channel_id);
  return { bookmarks: channel.bookmarks.map((bookmark) => show(world, channel, bookmark)) };
});

export const bookmarkMethods = [add, edit, remove, list];
