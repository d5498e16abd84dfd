import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { BarePlayground, PLAYGROUND_TOKENS } from '../builders/playground.js';
import { RecordingApp } from '../builders/recording-app.js';

const GENERAL = 'C0GENERAL';
const ADA = 'U0ADA0001';
const slash = (text: string, more = {}) => ({
  do: 'slash_command',
  user: ADA,
  channel: GENERAL,
  command: '/qm',
  text,
  ...more,
});
const say = (text: string) => ({ do: 'post_message', user: ADA, channel: GENERAL, text });

describe('deliveries over signed HTTP', () => {
  let app: RecordingApp;
  let slack: BarePlayground;
  beforeEach(async () => {
    app = await RecordingApp.start();
    slack = await BarePlayground.start({
      delivery: { mode: 'http', requestUrl: app.url },
      eventRetryDelaysMs: [0, 0, 0],
      ackTimeoutMs: 100,
    });
  });
  afterEach(async () => {
    await slack.playground.stop();
    await app.stop();
  });
  const answerTo = (url: string, body: Record<string, unknown>) =>
    fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const texts = async () => {
    const snapshot = (await (await fetch(`${slack.url}/client/snapshot?user=${ADA}`)).json()) as {
      messages: Record<string, { text: string; ephemeralTo?: string }[]>;
    };
    return snapshot.messages[GENERAL]!.map(
      (message) => `${message.text}${message.ephemeralTo === undefined ? '' : ' (only you)'}`,
    );
  };

  it('signs the exact bytes that it sends', async () => {
    await slack.act(slash('help & "quotes" ☃'));
    const { headers, raw, body } = app.deliveries[0]!;
    const expected = createHmac('sha256', PLAYGROUND_TOKENS.signingSecret)
      .update(`v0:${String(headers['x-slack-request-timestamp'])}:${raw}`)
      .digest('hex');
    expect(headers['x-slack-signature']).toBe(`v0=${expected}`);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(body).toMatchObject({
      command: '/qm',
      text: 'help & "quotes" ☃',
      user_id: ADA,
      channel_name: 'general',
      team_id: 'T0QMASTER',
      api_app_id: 'A0QMASTER',
    });
  });

  it('does the handshake of the request URL', async () => {
    app.reply = ({ body }) => ({ json: { challenge: body.challenge } });
    expect(await slack.control('verify_url')).toEqual({ ok: true, verified: true });
    app.reply = () => ({ text: 'something else' });
    expect(await slack.control('verify_url')).toEqual({ ok: true, verified: false });
  });

  it.each([
    ['no answer in time', { silent: true }, 'app_timeout'],
    ['an error status', { status: 500 }, 'app_error'],
  ])('tells the person of %s', async (_what, reply, error) => {
    app.reply = () => reply;
    expect(await slack.act(slash('help'))).toMatchObject({ ok: false, error, detail: expect.stringContaining('/qm') });
  });

  it('tells the person when nobody is there', async () => {
    slack.playground.setRequestUrl('http://127.0.0.1:9/');
    expect(await slack.act(slash('help'))).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('refuses commands that Slack’s client refuses, without asking the app', async () => {
    expect(await slack.act(slash('x', { command: '/nope' }))).toMatchObject({ ok: false, error: 'unknown_command' });
    expect(await slack.act(slash('x', { threadTs: '1.1' }))).toMatchObject({ ok: false, error: 'command_in_thread' });
    expect(await slack.act(slash('x', { user: 'U0GUS0007', channel: 'C0AUDIT' }))).toMatchObject({
      ok: false,
      error: 'channel_not_found',
    });
    expect(app.deliveries).toEqual([]);
  });

  it('shows what a command answers at once: a text, a body, or nothing', async () => {
    app.reply = ({ body }) =>
      body.text === 'text'
        ? { text: 'plain' }
        : body.text === 'loud'
          ? { json: { text: 'loud', response_type: 'in_channel' } }
          : {};
    for (const text of ['text', 'loud', 'nothing']) await slack.act(slash(text));
    expect(await texts()).toEqual(['plain (only you)', 'loud']);
    app.reply = () => ({ json: { blocks: [{ type: 'nonsense' }] } });
    expect(await slack.act(slash('broken'))).toMatchObject({ ok: false, error: 'invalid_blocks' });
  });

  it('takes five answers at a response URL, within half an hour', async () => {
    await slack.act(slash('help'));
    const url = String(app.deliveries[0]!.body.response_url);
    for (let use = 1; use <= 5; use += 1) expect((await answerTo(url, { text: `answer ${use}` })).status).toBe(200);
    const sixth = await answerTo(url, { text: 'answer 6' });
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
    await slack.act(slash('again'));
    slack.pass(31 * 60);
    const late = await answerTo(String(app.deliveries[1]!.body.response_url), { text: 'late' });
    expect(await late.json()).toEqual({ ok: false, error: 'expired_url' });
    expect(await texts()).toHaveLength(5);
  });

  it('replaces and deletes the message that was clicked in, ephemeral or not', async () => {
    const blocks = [
      {
        type: 'actions',
        block_id: 'b',
        elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' }, value: 'v' }],
      },
    ];
    await slack.call('chat.postMessage', { channel: GENERAL, text: 'card', blocks });
    const { message_ts: whisper } = await slack.call('chat.postEphemeral', {
      channel: GENERAL,
      user: ADA,
      text: 'whisper',
      blocks,
    });
    const { messages } = await slack.call('conversations.history', { channel: GENERAL });
    const click = (ts: string) =>
      slack.act({
        do: 'block_action',
        user: ADA,
        container: { type: 'message', channel: GENERAL, ts },
        blockId: 'b',
        actionId: 'go',
      });
    const clicks = () => app.deliveries.filter(({ body }) => body.type === 'block_actions');

    expect(await click(messages[0].ts)).toMatchObject({ ok: true });
    expect(clicks()[0]!.body).toMatchObject({
      container: { is_ephemeral: false, message_ts: messages[0].ts },
      message: { text: 'card' },
      actions: [{ action_id: 'go', block_id: 'b', value: 'v', type: 'button' }],
    });
    await answerTo(clicks()[0]!.body.response_url, { replace_original: true, text: 'settled' });
    expect(await texts()).toEqual(['settled', 'whisper (only you)']);
    await click(String(whisper));
    expect(clicks()[1]!.body).toMatchObject({ container: { is_ephemeral: true } });
    expect(clicks()[1]!.body.message).toBeUndefined();
    await answerTo(clicks()[1]!.body.response_url, { delete_original: true });
    expect(await texts()).toEqual(['settled']);
    expect(await click(messages[0].ts)).toMatchObject({ ok: false, error: 'element_not_found' });
  });

  it('delivers an event again until it is acknowledged, and says that and why it does', async () => {
    let refusals = 2;
    app.reply = () => (refusals-- > 0 ? { status: 503 } : {});
    await slack.act(say('hello'));
    await slack.control('settled');
    const [first, second, third] = app.deliveries;
    expect(first!.headers['x-slack-retry-num']).toBeUndefined();
    expect(second!.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_error' });
    expect(third!.headers).toMatchObject({ 'x-slack-retry-num': '2' });
    expect(new Set(app.deliveries.map(({ body }) => body.event_id)).size).toBe(1);
    expect(app.deliveries).toHaveLength(3);
  });

  it('gives an event up after three retries, or at once if the app asks for it', async () => {
    app.reply = () => ({ status: 500 });
    await slack.act(say('hello'));
    await slack.control('settled');
    expect(app.deliveries).toHaveLength(4);
    app.reply = () => ({ status: 500, headers: { 'X-Slack-No-Retry': '1' } });
    await slack.act(say('hello again'));
    await slack.control('settled');
    expect(app.deliveries).toHaveLength(5);
  });

  it('tells the app only of conversations that the bot is in', async () => {
    await slack.call('conversations.leave', { channel: 'C0AUDIT' });
    await slack.control('settled');
    app.deliveries.length = 0;
    await slack.act({ ...say('secret'), channel: 'C0AUDIT' });
    await slack.act({ do: 'leave', user: ADA, channel: 'C0AUDIT' });
    await slack.act({ do: 'join', user: ADA, channel: 'C0AUDIT' });
    await slack.act(say('public'));
    await slack.control('settled');
    expect(app.deliveries.map(({ body }) => body.event.text)).toEqual(['public']);
  });

  it('tells of edits and deletions with what was there before', async () => {
    const { ts } = await slack.act(say('first'));
    await slack.act({ do: 'edit_message', user: ADA, channel: GENERAL, ts, text: 'second' });
    await slack.act({ do: 'delete_message', user: ADA, channel: GENERAL, ts });
    expect(await slack.act({ do: 'delete_message', user: ADA, channel: GENERAL, ts })).toMatchObject({
      error: 'message_not_found',
    });
    const changed = await app.next(({ body }) => body.event?.subtype === 'message_changed');
    expect(changed.body.event).toMatchObject({
      previous_message: { text: 'first' },
      message: { text: 'second', edited: { user: ADA } },
    });
    const deleted = await app.next(({ body }) => body.event?.subtype === 'message_deleted');
    expect(deleted.body.event).toMatchObject({ deleted_ts: ts, previous_message: { text: 'second' } });
  });
});

describe('deliveries over Socket Mode', () => {
  let slack: BarePlayground;
  const open: WebSocket[] = [];
  beforeEach(async () => {
    slack = await BarePlayground.start({ eventRetryDelaysMs: [0, 0, 0], ackTimeoutMs: 200 });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    await slack.playground.stop();
  });

  /** A connection that writes down what it gets and answers with `reply`; `undefined` leaves the envelope unanswered. */
  async function connect(
    reply: (frame: Record<string, any>) => unknown,
  ): Promise<{ socket: WebSocket; frames: Record<string, any>[] }> {
    const { url } = await slack.call('apps.connections.open', {}, PLAYGROUND_TOKENS.appToken);
    const socket = new WebSocket(String(url));
    open.push(socket);
    const frames: Record<string, any>[] = [];
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as Record<string, any>;
      frames.push(frame);
      const payload = frame.envelope_id === undefined ? undefined : reply(frame);
      if (payload !== undefined)
        socket.send(JSON.stringify({ envelope_id: frame.envelope_id, ...(payload === null ? {} : { payload }) }));
    });
    await once(socket, 'message');
    return { socket, frames };
  }
  const events = (frames: Record<string, any>[]) => frames.filter((frame) => frame.type === 'events_api');

  it('says hello, and lets a ticket be used once', async () => {
    const { frames } = await connect(() => null);
    expect(frames[0]).toMatchObject({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0QMASTER' } });
    const { url } = await slack.call('apps.connections.open', {}, PLAYGROUND_TOKENS.appToken);
    const first = new WebSocket(String(url));
    open.push(first);
    await once(first, 'open');
    const second = new WebSocket(String(url));
    const [error] = (await once(second, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  it('sends each event to exactly one connection', async () => {
    const one = await connect(() => null);
    const two = await connect(() => null);
    for (let index = 0; index < 6; index += 1) await slack.act(say(`message ${index}`));
    await slack.control('settled');
    const seen = [...events(one.frames), ...events(two.frames)].map((frame) => frame.payload.event.text);
    expect([...seen].sort()).toEqual(['message 0', 'message 1', 'message 2', 'message 3', 'message 4', 'message 5']);
    expect(events(one.frames).length).toBe(3);
  });

  it('sends an event that one connection left unanswered to another', async () => {
    const deaf = await connect(() => undefined);
    const awake = await connect(() => null);
    await slack.act(say('hello'));
    await slack.control('settled');
    expect(events(deaf.frames)).toHaveLength(1);
    expect(events(awake.frames)).toMatchObject([
      {
        retry_attempt: 1,
        retry_reason: 'http_timeout',
        payload: { event_id: events(deaf.frames)[0]!.payload.event_id },
      },
    ]);
  });

  it('sends an event elsewhere when its connection closes before the answer', async () => {
    const dying = await connect(() => {
      dying.socket.terminate();
      return undefined;
    });
    const awake = await connect(() => null);
    await slack.act(say('hello'));
    await slack.control('settled');
    expect(events(awake.frames)).toHaveLength(1);
  });

  it('carries the answer to a command in the acknowledgement', async () => {
    const { frames } = await connect(() => ({ text: 'at once' }));
    expect(await slack.act(slash('help'))).toEqual({ ok: true });
    expect(frames.at(-1)).toMatchObject({
      type: 'slash_commands',
      accepts_response_payload: true,
      payload: { command: '/qm' },
    });
    const snapshot = (await (await fetch(`${slack.url}/client/snapshot?user=${ADA}`)).json()) as {
      messages: Record<string, { text: string }[]>;
    };
    expect(snapshot.messages[GENERAL]).toMatchObject([{ text: 'at once', ephemeralTo: ADA }]);
  });

  it('fails at once when the app is not connected', async () => {
    expect(await slack.act(slash('help'))).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('asks connections to come back', async () => {
    const { socket, frames } = await connect(() => null);
    const closed = once(socket, 'close');
    expect(await slack.control('refresh_sockets')).toEqual({ ok: true, refreshed: 1 });
    await closed;
    expect(frames.at(-1)).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' });
  });

  it('holds no more than ten connections', async () => {
    for (let index = 0; index < 10; index += 1) await connect(() => null);
    const { frames } = await connect(() => null);
    expect(frames[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  });
});
