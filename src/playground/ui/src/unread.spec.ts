import type { PlaygroundChannel, PlaygroundMessage } from '../../protocol.js';
import { unreadOf } from './unread.js';

const channel = (
  id: string,
  kind: PlaygroundChannel['kind'] = 'channel',
  memberIds = ['U1', 'U2'],
): PlaygroundChannel => ({
  id,
  name: id,
  kind,
  topic: '',
  purpose: '',
  memberIds,
  isArchived: false,
  pinnedTs: [],
  bookmarks: [],
  canvases: [],
});
const message = (ts: string, more: Partial<PlaygroundMessage> = {}): PlaygroundMessage => ({
  channel: 'C1',
  ts,
  user: 'U2',
  text: 'hello',
  blocks: [],
  replyCount: 0,
  edited: false,
  deleted: false,
  reactions: [],
  files: [],
  ...more,
});
const unread = (messages: PlaygroundMessage[], read: Record<string, string> = {}, one = channel('C1')) =>
  unreadOf({ me: 'U1', channels: [one], messages: { C1: messages } }, read, '100');

describe('what is unread', () => {
  it('counts what others wrote after one last looked', () => {
    expect(unread([message('150'), message('160'), message('170')], { C1: '150' })).toEqual({
      C1: { count: 2, mentions: 0 },
    });
  });

  it('forgets what was there before the first visit', () => {
    expect(unread([message('99')])).toEqual({});
  });

  it('leaves out own messages, removed ones and the notes of joining', () => {
    expect(
      unread([
        message('150', { user: 'U1' }),
        message('151', { deleted: true }),
        message('152', { subtype: 'channel_join' }),
      ]),
    ).toEqual({});
  });

  it('counts mentions, in blocks and in threads too', () => {
    expect(
      unread([
        message('150', { text: 'hey <@U1>' }),
        message('151', { blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '<@U1>' } }] }),
        message('152', { text: '<@U1>', threadTs: '150' }),
      ]),
    ).toEqual({ C1: { count: 2, mentions: 3 } });
  });

  it('takes every direct message as one for this person', () => {
    expect(unread([message('150')], {}, channel('C1', 'im'))).toEqual({ C1: { count: 1, mentions: 1 } });
  });

  it('is silent about channels one is not in', () => {
    expect(unread([message('150')], {}, channel('C1', 'channel', ['U2']))).toEqual({});
  });
});
