import { BarePlayground, TOKENS } from '../builders/bare-playground.js';

const PAYMENTS = 'C0PAYMENTS';
const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const modal = (more: Record<string, unknown> = {}) => ({
  type: 'modal',
  title: plain('T'),
  blocks: [section('x')],
  ...more,
});

let slack: BarePlayground;

beforeAll(async () => {
  slack = await BarePlayground.start();
});
afterAll(async () => {
  await slack.stop();
});
beforeEach(async () => {
  await slack.control('reset', {});
});

const post = async (args: Record<string, unknown> = {}) =>
  slack.call('chat.postMessage', { channel: PAYMENTS, text: 'hello', ...args });

describe('who may call', () => {
  it.each([
    ['no token', '', 'not_authed'],
    ['a foreign token', 'xoxb-other', 'invalid_auth'],
    ['the app token', TOKENS.appToken, 'not_allowed_token_type'],
  ])('refuses %s', async (_name, token, error) => {
    expect(await slack.refused('auth.test', {}, token)).toBe(error);
  });

  it('knows the bot by its token, in a form too', async () => {
    expect(await slack.call('auth.test')).toMatchObject({
      ok: true,
      user_id: 'U0QMASTER',
      bot_id: 'B0QMASTER',
      team_id: 'T0QMASTER',
    });
    const body = new URLSearchParams({ token: TOKENS.botToken });
    const response = await fetch(`${slack.playground.apiUrl}auth.test`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ ok: true });
  });

  it('has no methods that Slack does not have', async () => {
    expect(await slack.refused('chat.shout')).toBe('unknown_method');
  });

  it('answers what a test planned, then goes on as ever', async () => {
    await slack.control('fail', { method: 'chat.postMessage', error: 'ratelimited', times: 1, retryAfterSeconds: 7 });
    expect(await post()).toMatchObject({ ok: false, error: 'ratelimited', status: 429, retryAfter: '7' });
    expect(await post()).toMatchObject({ ok: true, status: 200 });
    const { calls } = await slack.control('calls', { method: 'chat.postMessage' });
    expect(calls.map((call: { error?: string }) => call.error)).toEqual(['ratelimited', undefined]);
    expect(JSON.stringify(calls)).not.toContain(TOKENS.botToken);
  });

  it('lets no other site act for a person', async () => {
    const act = (headers: Record<string, string>) =>
      fetch(`${slack.playground.url}/client/act`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ do: 'open_home', user: 'U0ADA0001' }),
      });
    expect((await act({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await act({})).status).toBe(200);
  });
});

describe('messages', () => {
  it.each([
    ['an unknown channel', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['nothing to say', { text: '' }, 'no_text'],
    ['too much text', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => section('x')) }, 'invalid_blocks'],
    ['a section without text', { blocks: [{ type: 'section' }] }, 'invalid_blocks'],
    ['a text of 3,001 characters', { blocks: [section('x'.repeat(3001))] }, 'invalid_blocks'],
    ['a block that is none', { blocks: [{ type: 'bogus' }] }, 'invalid_blocks'],
    ['blocks that are no list', { blocks: { type: 'section' } }, 'invalid_blocks_format'],
    [
      'two blocks of one id',
      {
        blocks: [
          { ...section('a'), block_id: 'a' },
          { ...section('b'), block_id: 'a' },
        ],
      },
      'invalid_blocks',
    ],
    ['a thread under nothing', { thread_ts: '1.000001' }, 'thread_not_found'],
  ])('refuses %s', async (_name, args, error) => {
    expect((await post(args)).error).toBe(error);
  });

  it('says where in the blocks it is wrong', async () => {
    const answer = await post({ blocks: [section('fine'), { type: 'header', text: plain('x'.repeat(151)) }] });
    expect(answer.response_metadata.messages.join()).toContain('/blocks/1/text');
  });

  it('gives an id to every block that has none', async () => {
    const { message } = await post({ blocks: [section('x'), { type: 'divider' }] });
    expect(message.blocks.map((block: { block_id?: string }) => typeof block.block_id)).toEqual(['string', 'string']);
  });

  it('lets the bot change and delete its own messages only', async () => {
    await slack.person('U0ADA0001').say('mine', '#team-payments');
    const { messages } = await slack.call('conversations.history', { channel: PAYMENTS });
    const place = { channel: PAYMENTS, ts: messages[0].ts };
    expect(await slack.refused('chat.update', { ...place, text: 'theirs' })).toBe('cant_update_message');
    expect(await slack.refused('chat.delete', place)).toBe('cant_delete_message');
    const { ts } = await post();
    expect(await slack.call('chat.update', { channel: PAYMENTS, ts, text: 'changed' })).toMatchObject({
      ok: true,
      text: 'changed',
    });
    expect(await slack.call('chat.delete', { channel: PAYMENTS, ts })).toMatchObject({ ok: true });
    expect(await slack.refused('chat.update', { channel: PAYMENTS, ts, text: 'again' })).toBe('message_not_found');
  });

  it('keeps metadata and shows it to who asks', async () => {
    const metadata = { event_type: 'card', event_payload: { id: 'req-1' } };
    await post({ metadata });
    const history = async (more: Record<string, unknown>) =>
      (await slack.call('conversations.history', { channel: PAYMENTS, ...more })).messages[0].metadata;
    expect(await history({ include_all_metadata: true })).toEqual(metadata);
    expect((await history({}))?.event_payload).toBeUndefined();
  });

  it('shows an ephemeral message to its person, who must be there', async () => {
    const args = { channel: PAYMENTS, text: 'psst' };
    expect(await slack.refused('chat.postEphemeral', { ...args, user: 'U0GUS0007' })).toBe('user_not_in_channel');
    const [ada, ben] = [slack.person('U0ADA0001'), slack.person('U0BEN0002')];
    await ben.connect();
    await slack.call('chat.postEphemeral', { ...args, user: ada.id });
    await ada.waitForMessage('#team-payments', 'psst');
    await post({ text: 'after' });
    await ben.waitForMessage('#team-payments', 'after');
    expect(ben.messages('#team-payments').map((message) => message.text)).not.toContain('psst');
  });

  it('refuses a second reaction and takes none away that is not there', async () => {
    const { ts } = await post();
    const place = { channel: PAYMENTS, timestamp: ts, name: 'eyes' };
    expect(await slack.call('reactions.add', place)).toMatchObject({ ok: true });
    expect(await slack.refused('reactions.add', place)).toBe('already_reacted');
    await slack.call('reactions.remove', place);
    expect(await slack.refused('reactions.remove', place)).toBe('no_reaction');
    expect(await slack.refused('reactions.add', { ...place, timestamp: '1.000001' })).toBe('message_not_found');
  });

  it('pins once', async () => {
    const { ts } = await post();
    const place = { channel: PAYMENTS, timestamp: ts };
    expect(await slack.call('pins.add', place)).toMatchObject({ ok: true });
    expect(await slack.refused('pins.add', place)).toBe('already_pinned');
    expect((await slack.call('pins.list', { channel: PAYMENTS })).items).toHaveLength(1);
    expect(await slack.call('pins.remove', place)).toMatchObject({ ok: true });
    expect(await slack.refused('pins.remove', place)).toBe('no_pin');
  });

  it('gives the history page by page, replies apart', async () => {
    const { ts } = await post({ text: 'm0' });
    for (const text of ['m1', 'm2', 'm3']) await post({ text });
    await post({ text: 'reply', thread_ts: ts });
    const first = await slack.call('conversations.history', { channel: PAYMENTS, limit: 3 });
    expect(first).toMatchObject({ has_more: true, messages: [{ text: 'm3' }, { text: 'm2' }, { text: 'm1' }] });
    const { next_cursor: cursor } = first.response_metadata;
    const second = await slack.call('conversations.history', { channel: PAYMENTS, limit: 3, cursor });
    expect(second.messages).toMatchObject([{ text: 'm0', reply_count: 1 }]);
    expect(await slack.refused('conversations.history', { channel: PAYMENTS, cursor: 'bogus' })).toBe('invalid_cursor');
    expect((await slack.call('conversations.replies', { channel: PAYMENTS, ts })).messages).toHaveLength(2);
  });
});

describe('conversations', () => {
  it.each([
    ['taken', 'general', 'name_taken'],
    ['with a capital and a blank', 'Big Room', 'invalid_name_specials'],
    ['empty', '', 'invalid_name_required'],
    ['too long', 'x'.repeat(81), 'invalid_name_maxlength'],
  ])('refuses a name that is %s', async (_why, name, error) => {
    expect(await slack.refused('conversations.create', { name })).toBe(error);
  });

  it('goes from creation to archive', async () => {
    const { channel } = await slack.call('conversations.create', { name: 'inc-1' });
    expect(
      await slack.call('conversations.invite', { channel: channel.id, users: 'U0ADA0001,U0OLI0005' }),
    ).toMatchObject({ ok: true });
    expect(await slack.refused('conversations.invite', { channel: channel.id, users: 'U0ADA0001' })).toBe(
      'already_in_channel',
    );
    await slack.call('conversations.setTopic', { channel: channel.id, topic: 'burning' });
    expect((await slack.call('conversations.info', { channel: channel.id })).channel).toMatchObject({
      topic: { value: 'burning' },
    });
    const { members } = await slack.call('conversations.members', { channel: channel.id });
    expect(members.sort()).toEqual(['U0ADA0001', 'U0OLI0005', 'U0QMASTER']);
    expect(await slack.call('conversations.archive', { channel: channel.id })).toMatchObject({ ok: true });
    expect(await slack.refused('conversations.archive', { channel: channel.id })).toBe('already_archived');
    expect(await slack.refused('chat.postMessage', { channel: channel.id, text: 'late' })).toBe('is_archived');
    expect(await slack.refused('conversations.invite', { channel: channel.id, users: 'U0BEN0002' })).toBe(
      'is_archived',
    );
  });

  it('lets the bot write only where it is a member', async () => {
    const { channel } = await slack.call('conversations.create', { name: 'left-behind' });
    await slack.call('conversations.leave', { channel: channel.id });
    expect(await slack.refused('chat.postMessage', { channel: channel.id, text: 'x' })).toBe('not_in_channel');
    await slack.call('conversations.join', { channel: channel.id });
    expect(await slack.call('chat.postMessage', { channel: channel.id, text: 'x' })).toMatchObject({ ok: true });
  });

  it('lists channels page by page and opens a direct message once', async () => {
    const names: string[] = [];
    for (let cursor = '', more = true; more; more = cursor !== '') {
      const answer = await slack.call('conversations.list', { limit: 3, cursor });
      expect(answer.channels.length).toBeLessThanOrEqual(3);
      names.push(...answer.channels.map((channel: { name: string }) => channel.name));
      cursor = answer.response_metadata.next_cursor;
    }
    expect(names).toEqual(
      expect.arrayContaining([
        'general',
        'team-payments',
        'team-platform',
        'team-security',
        'approvals',
        'audit',
        'incidents',
      ]),
    );
    const open = async () => (await slack.call('conversations.open', { users: 'U0LEA0003' })).channel.id;
    expect(await open()).toBe(await open());
  });
});

describe('people', () => {
  it('finds them by id and e-mail, and their groups', async () => {
    expect((await slack.call('users.lookupByEmail', { email: 'ada@quartermaster.test' })).user.id).toBe('U0ADA0001');
    expect(await slack.refused('users.lookupByEmail', { email: 'nobody@quartermaster.test' })).toBe('users_not_found');
    expect(await slack.refused('users.info', { user: 'U0NOBODY' })).toBe('user_not_found');
    expect((await slack.call('users.info', { user: 'U0GUS0007' })).user.is_restricted).toBe(true);
    const { usergroups } = await slack.call('usergroups.list');
    const oncall = usergroups.find((group: { handle: string }) => group.handle === 'oncall');
    expect((await slack.call('usergroups.users.list', { usergroup: oncall.id })).users).toEqual(['U0OLI0005']);
  });

  it('shows a deactivated person as deleted, who then can do nothing', async () => {
    await slack.control('deactivate', { user: 'U0BEN0002' });
    expect((await slack.call('users.info', { user: 'U0BEN0002' })).user.deleted).toBe(true);
    expect(await slack.person('U0BEN0002').act({ do: 'open_home' })).toMatchObject({
      ok: false,
      error: 'account_inactive',
    });
  });
});

describe('views', () => {
  it('takes a trigger once, and not after three seconds', async () => {
    const used = await slack.trigger();
    expect(await slack.call('views.open', { trigger_id: used, view: modal() })).toMatchObject({ ok: true });
    expect(await slack.refused('views.open', { trigger_id: used, view: modal() })).toBe('exchanged_trigger_id');
    const late = await slack.trigger();
    slack.now += 3_001;
    expect(await slack.refused('views.open', { trigger_id: late, view: modal() })).toBe('expired_trigger_id');
    expect(await slack.refused('views.open', { trigger_id: 'made-up', view: modal() })).toBe('invalid_trigger_id');
  });

  it('keeps the id and changes the hash; an old hash is refused', async () => {
    const { view } = await slack.call('views.open', { trigger_id: await slack.trigger(), view: modal() });
    const change = (hash?: string) =>
      slack.call('views.update', { view_id: view.id, view: modal({ callback_id: 'second' }), hash });
    const updated = await change(view.hash);
    expect(updated.view).toMatchObject({ id: view.id, root_view_id: view.id, callback_id: 'second' });
    expect(updated.view.hash).not.toBe(view.hash);
    expect(await change(view.hash)).toMatchObject({ ok: false, error: 'hash_conflict' });
    expect(await slack.refused('views.update', { view_id: 'V0NONE', view: modal() })).toBe('not_found');
  });

  it('stacks three views and no fourth', async () => {
    const { view: root } = await slack.call('views.open', { trigger_id: await slack.trigger(), view: modal() });
    const push = async () => slack.call('views.push', { trigger_id: await slack.trigger(), view: modal() });
    const second = (await push()).view;
    expect(second).toMatchObject({ previous_view_id: root.id, root_view_id: root.id });
    expect((await push()).view).toMatchObject({ previous_view_id: second.id, root_view_id: root.id });
    expect(await push()).toMatchObject({ ok: false, error: 'push_limit_reached' });
  });

  it.each([
    ['a title of 25 characters', modal({ title: plain('x'.repeat(25)) }), 'invalid_arguments'],
    ['101 blocks', modal({ blocks: Array.from({ length: 101 }, () => section('x')) }), 'invalid_arguments'],
    [
      'an input without submit',
      modal({ blocks: [{ type: 'input', label: plain('l'), element: { type: 'plain_text_input' } }] }),
      'invalid_arguments',
    ],
    ['private metadata of 3,001 characters', modal({ private_metadata: 'x'.repeat(3001) }), 'invalid_arguments'],
    [
      'more than 250 kB',
      modal({ blocks: Array.from({ length: 90 }, () => section('x'.repeat(2999))) }),
      'view_too_large',
    ],
  ])('refuses %s', async (_name, view, error) => {
    expect(await slack.refused('views.open', { trigger_id: await slack.trigger(), view })).toBe(error);
  });

  it('publishes a Home tab to a person there is', async () => {
    const home = { type: 'home', blocks: [section('hi')] };
    expect(await slack.call('views.publish', { user_id: 'U0ADA0001', view: home })).toMatchObject({ ok: true });
    expect(await slack.refused('views.publish', { user_id: 'U0NOBODY', view: home })).toBe('user_not_found');
  });
});

describe('files and bookmarks', () => {
  it('uploads in three steps and gives the bytes back', async () => {
    const { upload_url: url, file_id: id } = await slack.call('files.getUploadURLExternal', {
      filename: 'timeline.md',
      length: 4,
    });
    expect(await slack.refused('files.completeUploadExternal', { files: [{ id }] })).toBe('file_not_found');
    await fetch(url, { method: 'POST', body: '# hi' });
    const form = new FormData();
    expect(
      await slack.call('files.completeUploadExternal', { files: [{ id, title: 'Timeline' }], channel_id: PAYMENTS }),
    ).toMatchObject({ ok: true });
    const { messages } = await slack.call('conversations.history', { channel: PAYMENTS });
    const file = messages[0].files[0];
    expect(file).toMatchObject({ id, title: 'Timeline', mimetype: 'text/markdown' });
    expect(await (await fetch(file.url_private)).text()).toBe('# hi');
    form.set('file', new Blob(['in a form']), 'x.txt');
    const other = await slack.call('files.getUploadURLExternal', { filename: 'x.txt', length: 9 });
    await fetch(other.upload_url, { method: 'POST', body: form });
    const done = await slack.call('files.completeUploadExternal', { files: [{ id: other.file_id }] });
    expect(await (await fetch(done.files[0].url_private)).text()).toBe('in a form');
  });

  it('keeps bookmarks of a channel', async () => {
    const bookmark = { channel_id: PAYMENTS, title: 'Runbook', type: 'link', link: 'https://runbook.example/' };
    expect(await slack.call('bookmarks.add', bookmark)).toMatchObject({ ok: true });
    expect((await slack.call('bookmarks.list', { channel_id: PAYMENTS })).bookmarks).toMatchObject([
      { title: 'Runbook' },
    ]);
  });
});
