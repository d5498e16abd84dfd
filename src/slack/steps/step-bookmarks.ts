import { z } from 'zod';
import {
  ActionFailed,
  type SlackBookmark,
  type SlackBookmarks,
  type SlackBookmarkWish,
} from '../../orchestrator/index.js';
import type { Redactor } from '../../secrets/index.js';
import type { StepCalls } from './step-calls.js';
import { unescaped } from './step-words.js';

const bookmark = z.object({ id: z.string(), title: z.string(), link: z.string().nullish() });
const one = z.object({ bookmark });
const list = z.object({ bookmarks: z.array(bookmark) });
const done = z.unknown();
const NO_CHANNEL = ['channel_not_found', 'is_archived'];
const GONE = [...NO_CHANNEL, 'not_found', 'bookmark_not_found'];

/** Links at the head of a channel, for steps. */
export class StepBookmarks implements SlackBookmarks {
  constructor(
    private readonly calls: StepCalls,
    private readonly redactor: Pick<Redactor, 'text'>,
  ) {}

  async of(channel: string): Promise<readonly SlackBookmark[]> {
    const ask = () => this.calls.call('bookmarks.list', { channel_id: channel }, list);
    const found = await this.calls.unless(NO_CHANNEL, () => this.calls.inside(channel, ask));
    return (found?.bookmarks ?? []).map(shown);
  }

  async add(channel: string, wish: SlackBookmarkWish): Promise<SlackBookmark> {
    const args = { channel_id: channel, type: 'link', ...this.checked(wish) };
    const add = () => this.calls.call('bookmarks.add', args, one);
    return shown((await this.calls.inside(channel, add)).bookmark);
  }

  async edit(channel: string, id: string, wish: SlackBookmarkWish): Promise<SlackBookmark> {
    const args = { channel_id: channel, bookmark_id: id, ...this.checked(wish) };
    return shown((await this.calls.call('bookmarks.edit', args, one)).bookmark);
  }

  async remove(channel: string, id: string): Promise<void> {
    const remove = () => this.calls.call('bookmarks.remove', { channel_id: channel, bookmark_id: id }, done);
    await this.calls.unless(GONE, () => this.calls.inside(channel, remove));
  }

  /** A link can't be shown with a hole in it. */
  private checked(wish: SlackBookmarkWish): SlackBookmarkWish {
    if (this.redactor.text(wish.link) !== wish.link)
      throw new ActionFailed('The link holds what looks like a secret. No bookmark was made; give one without.', false);
    return { ...wish, title: this.redactor.text(wish.title) };
  }
}

function shown({ id, title, link }: z.output<typeof bookmark>): SlackBookmark {
  return { id, title: unescaped(title), link: unescaped(link ?? '') };
}
