import { WebClient } from '@slack/web-api';
import { BarePlayground, PLAYGROUND_TOKENS } from '../builders/playground.js';

const GENERAL = 'C0GENERAL';
const ADA = 'U0ADA0001';
const BOT = 'U0QMASTER';

describe('the playground’s Web API', () => {
  let slack: BarePlayground;
  beforeEach(async () => {
    slack = await BarePlayground.start();
  });
  afterEach(async () => {
    await slack.playground.stop();
  });

  const error = async (method: string, args: Record<string, unknown> = {}, token?: string | null) =>
    (await slack.call(method, args, token)).error;
  const post = async (text: string, more: Record<string, unknown> = {}): Promise<string> => {
    const answer = await slack.call('chat.postMessage', { channel: GENERAL, text, ...more });
    return String(answer.ts);
  };
  const privateOf = async (): Promise<string> =>
    String((await slack.call('conversations.create', { name: 'secret', is_private: true })).channel.id);

  it('asks for the right token', async () => {
    expect(await error('auth.test', {}, null)).toBe('not_authed');
    expect(await error('auth.test', {}, 'xoxb-other')).toBe('invalid_auth');
    expect(await error('apps.connections.open')).toBe('not_allowed_token_type');
    expect(await error('auth.test', {}, PLAYGROUND_TOKENS.appToken)).toBe('not_allowed_token_type');
    expect(await error('auth.test', { token: PLAYGROUND_TOKENS.botToken }, null)).toBeUndefined();
    expect(await slack.call('apps.connections.open', {}, PLAYGROUND_TOKENS.appToken)).toMatchObject({
      ok: true,
      url: expect.stringMatching(/^ws:/u),
    });
  });

  it('says so when it does not know a method or an argument is missing', async () => {
    expect(await error('chat.shout')).toBe('unknown_method');
    expect(await slack.call('chat.postMessage', { text: 'x' })).toEqual({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
  });

  it('takes JSON bodies, and warns of a missing text', async () => {
    const response = await fetch(`${slack.playground.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        Authorization: `Bearer ${PLAYGROUND_TOKENS.botToken}`,
      },
      body: JSON.stringify({ channel: GENERAL, blocks: [{ type: 'divider' }] }),
    });
    expect(await response.json()).toMatchObject({ ok: true, warning: 'missing_text_in_message' });
    const careless = await fetch(`${slack.playground.apiUrl}auth.test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${PLAYGROUND_TOKENS.botToken}` },
      body: '{}',
    });
    expect(await careless.json()).toMatchObject({ ok: true, warning: 'missing_charset' });
    const broken = await fetch(`${slack.playground.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${PLAYGROUND_TOKENS.botToken}` },
      body: '{"channel":',
    });
    expect(await broken.json()).toEqual({ ok: false, error: 'invalid_json' });
  });

  it('refuses messages that Slack refuses', async () => {
    expect(await error('chat.postMessage', { channel: 'C0NOWHERE', text: 'x' })).toBe('channel_not_found');
    expect(await error('chat.postMessage', { channel: GENERAL })).toBe('no_text');
    expect(await error('chat.postMessage', { channel: GENERAL, text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await error('chat.postMessage', { channel: GENERAL, text: 'x', blocks: { type: 'divider' } })).toBe(
      'invalid_blocks_format',
    );
    expect(await error('chat.postMessage', { channel: GENERAL, text: 'x', metadata: { event_type: 7 } })).toBe(
      'invalid_metadata_format',
    );
    await slack.call('conversations.leave', { channel: 'C0AUDIT' });
    expect(await error('chat.postMessage', { channel: 'C0AUDIT', text: 'x' })).toBe('not_in_channel');
    expect(
      await slack.call('chat.postMessage', {
        channel: GENERAL,
        text: 'x',
        blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      }),
    ).toMatchObject({
      error: 'invalid_blocks',
      errors: ['must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
      response_metadata: { messages: ['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]'] },
    });
  });

  it('lets the bot change and delete its own messages only', async () => {
    const { ts } = await slack.act({ do: 'post_message', user: ADA, channel: GENERAL, text: 'mine' });
    expect(await error('chat.update', { channel: GENERAL, ts, text: 'yours' })).toBe('cant_update_message');
    expect(await error('chat.delete', { channel: GENERAL, ts })).toBe('cant_delete_message');
    expect(await error('chat.update', { channel: GENERAL, ts: '1.000001', text: 'x' })).toBe('message_not_found');
    const own = await post('own');
    expect(await slack.call('chat.update', { channel: GENERAL, ts: own, text: 'changed' })).toMatchObject({
      ok: true,
      text: 'changed',
      message: { edited: { user: BOT } },
    });
    expect(await slack.call('chat.delete', { channel: GENERAL, ts: own })).toMatchObject({ ok: true });
    expect(await error('chat.delete', { channel: GENERAL, ts: own })).toBe('message_not_found');
  });

  it('drops the blocks when only a text is given, keeps the text when only blocks are', async () => {
    const ts = await post('text', { blocks: [{ type: 'divider' }] });
    const byBlocks = await slack.call('chat.update', {
      channel: GENERAL,
      ts,
      blocks: [{ type: 'divider' }, { type: 'divider' }],
    });
    expect(byBlocks.message).toMatchObject({ text: 'text', blocks: [{}, {}] });
    expect(byBlocks.message.edited).toBeUndefined();
    const byText = await slack.call('chat.update', { channel: GENERAL, ts, text: 'only text' });
    expect(byText.message.blocks).toBeUndefined();
  });

  it('keeps metadata, and shows it when asked', async () => {
    const metadata = { event_type: 'card', event_payload: { id: 'req-1' } };
    await post('with metadata', { metadata });
    const { messages } = await slack.call('conversations.history', { channel: GENERAL, include_all_metadata: true });
    expect(messages[0].metadata).toEqual(metadata);
    expect((await slack.call('conversations.history', { channel: GENERAL })).messages[0].metadata).toBeUndefined();
  });

  it('shows history newest first without replies, and replies oldest first with their parent', async () => {
    const parent = await post('parent');
    const reply = await post('reply', { thread_ts: parent });
    await post('deeper', { thread_ts: reply });
    await post('loud reply', { thread_ts: parent, reply_broadcast: true });
    const { messages: history } = await slack.call('conversations.history', { channel: GENERAL });
    expect(history.map((message: { text: string }) => message.text)).toEqual(['loud reply', 'parent']);
    expect(history[1]).toMatchObject({ reply_count: 3, thread_ts: parent });
    const { messages: thread } = await slack.call('conversations.replies', { channel: GENERAL, ts: reply });
    expect(thread.map((message: { text: string }) => message.text)).toEqual([
      'parent',
      'reply',
      'deeper',
      'loud reply',
    ]);
    expect(await error('conversations.replies', { channel: GENERAL, ts: '1.000001' })).toBe('thread_not_found');
    expect(await error('chat.postMessage', { channel: GENERAL, text: 'x', thread_ts: '1.000001' })).toBe(
      'thread_not_found',
    );
  });

  it('answers nonsense with a refusal, never with a failure', async () => {
    expect(await error('conversations.invite', { channel: GENERAL, users: '[U1' })).toBe('invalid_arguments');
    expect(await error('chat.postMessage', { channel: GENERAL, text: 'x', blocks: '[{' })).toBe(
      'invalid_blocks_format',
    );
    expect(await error('conversations.history', { channel: GENERAL, limit: 'many' })).toBe('invalid_arguments');
    expect(await error('views.publish', { user_id: ADA, view: 'null' })).toBe('invalid_arguments');
  });

  it('pages through everything by limit and cursor, each item once', async () => {
    for (let index = 0; index < 5; index += 1) await post(`message ${index}`);
    const texts: string[] = [];
    let cursor = '';
    do {
      const answer = await slack.call('conversations.history', { channel: GENERAL, limit: 2, cursor });
      texts.push(...answer.messages.map((message: { text: string }) => message.text));
      expect(answer.messages.length).toBeLessThanOrEqual(2);
      cursor = answer.response_metadata?.next_cursor ?? '';
      expect(answer.has_more).toBe(cursor !== '');
    } while (cursor !== '');
    expect(texts).toEqual(['message 4', 'message 3', 'message 2', 'message 1', 'message 0']);
    expect(await error('users.list', { cursor: 'bm9uc2Vuc2U=' })).toBe('invalid_cursor');
  });

  it('honours oldest, latest and inclusive', async () => {
    const [first, second, third] = [await post('1'), await post('2'), await post('3')];
    const texts = async (args: Record<string, unknown>) =>
      (await slack.call('conversations.history', { channel: GENERAL, ...args })).messages.map(
        (message: { text: string }) => message.text,
      );
    expect(await texts({ oldest: first, latest: third })).toEqual(['2']);
    expect(await texts({ oldest: first, latest: third, inclusive: true })).toEqual(['3', '2', '1']);
    expect(await texts({ oldest: second })).toEqual(['3']);
  });

  it('never has an ephemeral message in the history', async () => {
    const answer = await slack.call('chat.postEphemeral', { channel: GENERAL, user: ADA, text: 'psst' });
    expect(answer).toMatchObject({ ok: true, message_ts: expect.any(String) });
    expect((await slack.call('conversations.history', { channel: GENERAL })).messages).toEqual([]);
    expect(await error('chat.update', { channel: GENERAL, ts: answer.message_ts, text: 'x' })).toBe(
      'message_not_found',
    );
    expect(await error('chat.postEphemeral', { channel: 'C0AUDIT', user: 'U0GUS0007', text: 'psst' })).toBe(
      'user_not_in_channel',
    );
  });

  it('opens a direct message when it posts to a person', async () => {
    const { channel } = await slack.call('chat.postMessage', { channel: ADA, text: 'just you' });
    expect(await slack.call('conversations.open', { users: ADA })).toMatchObject({
      channel: { id: channel },
      already_open: true,
    });
    expect(await slack.call('conversations.info', { channel })).toMatchObject({ channel: { is_im: true, user: ADA } });
    expect(await error('chat.postMessage', { channel: BOT, text: 'to myself' })).toBe('cannot_dm_bot');
  });

  it.each([
    ['', 'invalid_name_required'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['Loud', 'invalid_name_specials'],
    ['with space', 'invalid_name_specials'],
    ['---', 'invalid_name_punctuation'],
    ['general', 'name_taken'],
  ])('refuses a channel called "%s": %s', async (name, code) => {
    expect(await error('conversations.create', { name })).toBe(code);
  });

  it('invites whom it can, and names whom it cannot', async () => {
    const channel = await privateOf();
    const invite = (users: string, more = {}) => slack.call('conversations.invite', { channel, users, ...more });
    expect((await invite('')).error).toBe('no_user');
    expect((await invite(BOT)).error).toBe('cant_invite_self');
    expect((await invite('U0NOBODY')).error).toBe('user_not_found');
    expect(await invite(ADA)).toMatchObject({ ok: true });
    expect((await invite(ADA)).error).toBe('already_in_channel');
    expect(await invite(`U0BEN0002,${ADA}`)).toMatchObject({
      ok: false,
      errors: [{ user: ADA, error: 'already_in_channel' }],
    });
    expect(await invite(`U0BEN0002,${ADA}`, { force: true })).toMatchObject({ ok: true, errors: [{ user: ADA }] });
    expect((await slack.call('conversations.members', { channel })).members).toEqual([BOT, ADA, 'U0BEN0002']);
  });

  it('hides a private channel from those who are not in it', async () => {
    const channel = await privateOf();
    expect(await slack.act({ do: 'post_message', user: ADA, channel, text: 'x' })).toMatchObject({
      error: 'channel_not_found',
    });
    expect((await slack.call('conversations.list')).channels.map((one: { id: string }) => one.id)).not.toContain(
      channel,
    );
    expect((await slack.call('conversations.list', { types: 'private_channel' })).channels).toMatchObject([
      { id: channel },
    ]);
  });

  it('archives and takes no more of anything', async () => {
    const ts = await post('old');
    expect(await error('conversations.archive', { channel: GENERAL })).toBe('cant_archive_general');
    const channel = 'C0INCIDENTS';
    expect(await slack.call('conversations.archive', { channel })).toMatchObject({ ok: true });
    expect(await error('conversations.archive', { channel })).toBe('already_archived');
    expect(await error('chat.postMessage', { channel, text: 'x' })).toBe('is_archived');
    expect(await error('conversations.setTopic', { channel, topic: 'x' })).toBe('is_archived');
    expect(await slack.call('conversations.unarchive', { channel })).toMatchObject({ ok: true });
    expect(await error('conversations.unarchive', { channel })).toBe('not_archived');
    expect(ts).toEqual(expect.any(String));
  });

  it('counts reactions once a person', async () => {
    const timestamp = await post('vote');
    const at = { channel: GENERAL, timestamp };
    expect(await error('reactions.add', { ...at, name: 'not an emoji!' })).toBe('invalid_name');
    expect(await error('reactions.add', { channel: GENERAL, name: 'eyes' })).toBe('no_item_specified');
    await slack.call('reactions.add', { ...at, name: 'white_check_mark' });
    expect(await error('reactions.add', { ...at, name: 'white_check_mark' })).toBe('already_reacted');
    await slack.act({ do: 'react', user: ADA, channel: GENERAL, ts: timestamp, name: 'white_check_mark' });
    expect((await slack.call('reactions.get', at)).message.reactions).toEqual([
      { name: 'white_check_mark', users: [BOT, ADA], count: 2 },
    ]);
    await slack.call('reactions.remove', { ...at, name: 'white_check_mark' });
    expect(await error('reactions.remove', { ...at, name: 'white_check_mark' })).toBe('no_reaction');
    expect((await slack.call('reactions.list', { user: ADA })).items).toHaveLength(1);
  });

  it('pins once and remembers who did', async () => {
    const timestamp = await post('important');
    await slack.call('pins.add', { channel: GENERAL, timestamp });
    expect(await error('pins.add', { channel: GENERAL, timestamp })).toBe('already_pinned');
    expect((await slack.call('pins.list', { channel: GENERAL })).items).toMatchObject([
      { created_by: BOT, message: { ts: timestamp, pinned_to: [GENERAL] } },
    ]);
    await slack.call('pins.remove', { channel: GENERAL, timestamp });
    expect(await error('pins.remove', { channel: GENERAL, timestamp })).toBe('no_pin');
  });

  it('finds people and groups', async () => {
    expect(await slack.call('users.lookupByEmail', { email: 'Ada@Quartermaster.test' })).toMatchObject({
      user: { id: ADA, team_id: 'T0QMASTER' },
    });
    expect(await error('users.lookupByEmail', { email: 'nobody@quartermaster.test' })).toBe('users_not_found');
    expect(await error('users.info', { user: 'U0NOBODY' })).toBe('user_not_found');
    expect((await slack.call('users.info', { user: 'U0GUS0007' })).user.is_restricted).toBe(true);
    const { usergroups } = await slack.call('usergroups.list', { include_users: true });
    expect(usergroups.find((group: { handle: string }) => group.handle === 'payments')).toMatchObject({
      users: [ADA, 'U0BEN0002', 'U0LEA0003'],
    });
    expect((await slack.call('usergroups.users.list', { usergroup: 'S0ONCALL' })).users).toEqual(['U0OLI0005']);
    await slack.call('usergroups.users.update', { usergroup: 'S0ONCALL', users: ADA });
    expect((await slack.call('usergroups.users.list', { usergroup: 'S0ONCALL' })).users).toEqual([ADA]);
    expect(await error('usergroups.users.list', { usergroup: 'S0NONE' })).toBe('no_such_subteam');
  });

  it('keeps bookmarks', async () => {
    const { bookmark } = await slack.call('bookmarks.add', {
      channel_id: GENERAL,
      title: 'Docs',
      type: 'link',
      link: 'https://docs.test',
    });
    expect(await error('bookmarks.add', { channel_id: GENERAL, title: 'Docs', type: 'link', link: 'docs' })).toBe(
      'invalid_link',
    );
    await slack.call('bookmarks.edit', { channel_id: GENERAL, bookmark_id: bookmark.id, title: 'Manual' });
    expect((await slack.call('bookmarks.list', { channel_id: GENERAL })).bookmarks).toMatchObject([
      { title: 'Manual' },
    ]);
    await slack.call('bookmarks.remove', { channel_id: GENERAL, bookmark_id: bookmark.id });
    expect(await error('bookmarks.remove', { channel_id: GENERAL, bookmark_id: bookmark.id })).toBe('not_found');
  });

  it('takes a file in the three steps of Slack’s own SDK, and gives the same bytes back', async () => {
    const client = new WebClient(PLAYGROUND_TOKENS.botToken, { slackApiUrl: slack.playground.apiUrl });
    const content = Buffer.from('# Postmortem\n\nWhat happened ☃\n');
    await client.files.uploadV2({
      channel_id: GENERAL,
      filename: 'postmortem.md',
      title: 'Postmortem',
      file: content,
      initial_comment: 'As promised',
    });
    const { messages } = await slack.call('conversations.history', { channel: GENERAL });
    expect(messages[0]).toMatchObject({
      text: 'As promised',
      files: [{ name: 'postmortem.md', title: 'Postmortem', size: content.length, mimetype: 'text/markdown' }],
    });
    const download = await fetch(messages[0].files[0].url_private);
    expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
    expect(await error('files.info', { file: 'F0NOTHING' })).toBe('file_not_found');
  });

  it('schedules only for the near future', async () => {
    const at = 1_790_000_000;
    expect(await error('chat.scheduleMessage', { channel: GENERAL, text: 'x', post_at: at - 1 })).toBe('time_in_past');
    expect(await error('chat.scheduleMessage', { channel: GENERAL, text: 'x', post_at: at + 121 * 86_400 })).toBe(
      'time_too_far',
    );
    const { scheduled_message_id: id } = await slack.call('chat.scheduleMessage', {
      channel: GENERAL,
      text: 'later',
      post_at: at + 60,
    });
    expect(
      await slack.call('chat.deleteScheduledMessage', { channel: GENERAL, scheduled_message_id: id }),
    ).toMatchObject({ ok: true });
    expect(await error('chat.deleteScheduledMessage', { channel: GENERAL, scheduled_message_id: id })).toBe(
      'invalid_scheduled_message_id',
    );
  });

  it('fails when told to, as often as told, with Retry-After for a rate limit, and keeps a list of calls without the token', async () => {
    await slack.control('fail', { method: 'chat.postMessage', error: 'ratelimited', times: 1, retryAfterSeconds: 7 });
    const limited = await fetch(`${slack.playground.apiUrl}chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams({ token: PLAYGROUND_TOKENS.botToken, channel: GENERAL, text: 'x' }),
    });
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toEqual([
      429,
      '7',
      { ok: false, error: 'ratelimited' },
    ]);
    await post('through');
    const { calls } = await slack.control('calls', { method: 'chat.postMessage' });
    expect(calls).toMatchObject([
      { ok: false, error: 'ratelimited' },
      { ok: true, args: { text: 'through' } },
    ]);
    expect(JSON.stringify(calls)).not.toContain(PLAYGROUND_TOKENS.botToken);
  });

  it('knows changed people at once', async () => {
    await slack.control('deactivate', { user: ADA });
    await slack.control('restrict', { user: 'U0BEN0002' });
    const { user: foreigner } = await slack.control('add_user', {
      name: 'eve',
      realName: 'Eve',
      email: 'eve@elsewhere.test',
      teamId: 'T0ELSEWHERE',
    });
    expect((await slack.call('users.info', { user: ADA })).user.deleted).toBe(true);
    expect((await slack.call('users.info', { user: 'U0BEN0002' })).user.is_restricted).toBe(true);
    expect((await slack.call('users.info', { user: foreigner.id })).user.team_id).toBe('T0ELSEWHERE');
    expect(await slack.act({ do: 'open_home', user: ADA })).toMatchObject({ error: 'account_inactive' });
    await slack.control('reset');
    expect((await slack.call('users.info', { user: ADA })).user.deleted).toBe(false);
  });

  it('keeps canvases: one a channel, others shared, in sections', async () => {
    const markdown = (text: string) => ({ type: 'markdown', markdown: text });
    const made = await slack.call('conversations.canvases.create', {
      channel_id: GENERAL,
      title: 'Ours',
      document_content: markdown('# One\n\ntwo'),
    });
    const id = String(made.canvas_id);
    expect(await error('conversations.canvases.create', { channel_id: GENERAL })).toBe('channel_canvas_already_exists');
    expect((await slack.call('conversations.info', { channel: GENERAL })).channel.properties).toMatchObject({
      canvas: { file_id: id, is_empty: false },
    });
    const lookup = (criteria: object) => slack.call('canvases.sections.lookup', { canvas_id: id, criteria });
    const [heading] = (await lookup({ section_types: ['h1'] })).sections;
    expect((await lookup({ contains_text: 'tw' })).sections).toHaveLength(1);
    const edit = (change: object) => slack.call('canvases.edit', { canvas_id: id, changes: [change] });
    await edit({ operation: 'insert_after', section_id: heading.id, document_content: markdown('between') });
    await edit({ operation: 'insert_at_start', document_content: markdown('before') });
    await edit({ operation: 'delete', section_id: heading.id });
    await edit({ operation: 'rename', title_content: markdown('Renamed') });
    expect((await edit({ operation: 'delete', section_id: 'temp:C:none' })).error).toBe('canvas_editing_failed');
    expect((await slack.call('canvases.edit', { canvas_id: id, changes: [] })).error).toBe('invalid_arguments');
    expect((await slack.call('files.info', { file: id })).file).toMatchObject({ title: 'Renamed', filetype: 'quip' });
    expect((await lookup({ contains_text: '' })).sections).toHaveLength(3);
    await edit({ operation: 'replace', document_content: markdown('all') });
    expect((await lookup({ contains_text: '' })).sections).toHaveLength(1);
    const alone = await slack.call('canvases.create', { title: 'Alone', document_content: markdown('x') });
    const share = { canvas_id: alone.canvas_id, access_level: 'read', channel_ids: [GENERAL] };
    expect(await slack.call('canvases.access.set', share)).toMatchObject({ ok: true });
    expect((await slack.call('files.list', { user: BOT })).files.map((file: { title: string }) => file.title)).toEqual([
      'Alone',
      'Renamed',
    ]);
    expect(await slack.call('canvases.delete', { canvas_id: id })).toMatchObject({ ok: true });
    expect(await error('canvases.delete', { canvas_id: id })).toBe('canvas_not_found');
  });

  it('refuses what the app has no scope for, by the kind of channel', async () => {
    const app = { ...PLAYGROUND_TOKENS, commands: [], shortcuts: [], scopes: ['channels:manage', 'chat:write'] };
    const narrow = await BarePlayground.start({ app });
    try {
      expect(await narrow.call('conversations.create', { name: 'open' })).toMatchObject({ ok: true });
      expect(await narrow.call('conversations.create', { name: 'closed', is_private: true })).toMatchObject({
        error: 'missing_scope',
        needed: 'groups:write',
        provided: 'channels:manage,chat:write',
      });
      expect((await narrow.call('bookmarks.list', { channel_id: GENERAL })).error).toBe('missing_scope');
      expect((await narrow.call('auth.test')).ok).toBe(true);
    } finally {
      await narrow.playground.stop();
    }
  });
});

it('limits posts to one a second a channel if that is wanted', async () => {
  const slack = await BarePlayground.start({ limitPosts: true });
  const post = () => slack.call('chat.postMessage', { channel: GENERAL, text: 'x' });
  expect([(await post()).ok, (await post()).error]).toEqual([true, 'ratelimited']);
  slack.pass(1);
  expect((await post()).ok).toBe(true);
  await slack.playground.stop();
});
