import { type ApiAnswer, BarePlayground } from '../builders/playground.js';
import { RecordingApp } from '../builders/recording-app.js';

const GENERAL = 'C0GENERAL';
const ADA = 'U0ADA0001';
const BEN = 'U0BEN0002';
const plain = (text: string) => ({ type: 'plain_text', text });
const input = (blockId: string, element: Record<string, unknown>, more = {}) => ({
  type: 'input',
  block_id: blockId,
  label: plain(blockId),
  element: { action_id: 'v', ...element },
  ...more,
});
const modal = (title: string, more: Record<string, unknown> = {}) => ({
  type: 'modal',
  title: plain(title),
  submit: plain('Send'),
  blocks: [input('name', { type: 'plain_text_input', initial_value: 'orders' })],
  ...more,
});

describe('views', () => {
  let app: RecordingApp;
  let slack: BarePlayground;
  beforeEach(async () => {
    app = await RecordingApp.start();
    slack = await BarePlayground.start({ delivery: { mode: 'http', requestUrl: app.url } });
  });
  afterEach(async () => {
    await slack.playground.stop();
    await app.stop();
  });

  /** A fresh trigger id, as a slash command brings it. */
  async function trigger(user = ADA): Promise<string> {
    await slack.act({ do: 'slash_command', user, channel: GENERAL, command: '/qm', text: '' });
    return String(app.deliveries.at(-1)!.body.trigger_id);
  }
  const open = async (view: unknown = modal('Request'), user = ADA): Promise<ApiAnswer> =>
    slack.call('views.open', { trigger_id: await trigger(user), view });
  const submit = (viewId: string, user = ADA) => slack.act({ do: 'submit_view', user, viewId });
  const screen = async (user = ADA) =>
    (await (await fetch(`${slack.url}/client/snapshot?user=${user}`)).json()) as {
      modals: Record<string, any>[];
      home: Record<string, any> | null;
    };

  it('opens a modal once for each trigger, and only within three seconds', async () => {
    const first = await trigger();
    expect(await slack.call('views.open', { trigger_id: first, view: modal('Request') })).toMatchObject({ ok: true });
    expect((await slack.call('views.open', { trigger_id: first, view: modal('Again') })).error).toBe(
      'exchanged_trigger_id',
    );
    const slow = await trigger();
    slack.pass(3.001);
    expect((await slack.call('views.open', { trigger_id: slow, view: modal('Late') })).error).toBe(
      'expired_trigger_id',
    );
    expect((await slack.call('views.open', { trigger_id: '1.2.abc', view: modal('Forged') })).error).toBe(
      'invalid_trigger_id',
    );
  });

  it.each([
    [
      'a title of 25 characters',
      modal('x'.repeat(25)),
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'inputs but no submit button',
      { ...modal('x'), submit: undefined },
      'missing required field: submit [json-pointer:/view]',
    ],
    [
      '101 blocks',
      modal('x', { blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) }),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'private metadata over 3000',
      modal('x', { private_metadata: 'x'.repeat(3001) }),
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    ['a Home tab as a modal', { type: 'home', blocks: [] }, 'must be one of: modal [json-pointer:/view/type]'],
  ])('refuses %s', async (_what, view, message) => {
    expect(await open(view)).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: [`[ERROR] ${message}`] },
    });
  });

  it('refuses a view over 250 KB, and a second one with the same external id', async () => {
    expect((await open(modal('x', { blocks: [{ type: 'section', text: plain('x'.repeat(260_000)) }] }))).error).toBe(
      'view_too_large',
    );
    await open(modal('x', { external_id: 'mine' }));
    expect((await open(modal('y', { external_id: 'mine' }), BEN)).error).toBe('duplicate_external_id');
  });

  it('keeps the id and changes the hash with every update, and guards against a stale one', async () => {
    const { view: opened } = await open();
    const { view: updated } = await slack.call('views.update', {
      view_id: opened.id,
      hash: opened.hash,
      view: modal('Second'),
    });
    expect(updated.id).toBe(opened.id);
    expect(updated.hash).not.toBe(opened.hash);
    expect(
      (await slack.call('views.update', { view_id: opened.id, hash: opened.hash, view: modal('Third') })).error,
    ).toBe('hash_conflict');
    expect((await slack.call('views.update', { view_id: 'V0NOTHING', view: modal('x') })).error).toBe('not_found');
  });

  it('keeps what was typed through an update where block and action stay', async () => {
    const { view } = await open();
    await slack.act({
      do: 'set_input',
      user: ADA,
      viewId: view.id,
      blockId: 'name',
      actionId: 'v',
      value: { value: 'typed' },
    });
    const { view: updated } = await slack.call('views.update', {
      view_id: view.id,
      view: modal('Second', {
        blocks: [
          input('name', { type: 'plain_text_input', initial_value: 'other' }),
          input('new', { type: 'plain_text_input', initial_value: 'start' }),
        ],
      }),
    });
    expect(updated.state.values).toEqual({
      name: { v: { type: 'plain_text_input', value: 'typed' } },
      new: { v: { type: 'plain_text_input', value: 'start' } },
    });
  });

  it('stacks three modals and no more, each knowing the one below and the root', async () => {
    const { view: root } = await open();
    const push = async () => slack.call('views.push', { trigger_id: await trigger(), view: modal('Deeper') });
    const { view: second } = await push();
    const { view: third } = await push();
    expect(second).toMatchObject({ previous_view_id: root.id, root_view_id: root.id });
    expect(third).toMatchObject({ previous_view_id: second.id, root_view_id: root.id });
    expect((await push()).error).toBe('push_limit_reached');
    expect((await slack.call('views.push', { trigger_id: await trigger(BEN), view: modal('x') })).error).toBe(
      'not_found',
    );
    expect(await submit(third.id)).toMatchObject({ ok: true });
    expect((await screen()).modals.map((view) => view.id)).toEqual([root.id, second.id]);
  });

  it('does not let one person touch another’s modal', async () => {
    const { view } = await open();
    expect(await submit(view.id, BEN)).toMatchObject({ ok: false, error: 'view_not_found' });
    expect((await screen(BEN)).modals).toEqual([]);
  });

  it('holds a submission back until its inputs are right, and only its inputs', async () => {
    const { view } = await open(
      modal('Form', {
        blocks: [
          input('text', { type: 'plain_text_input', min_length: 3, max_length: 5, initial_value: 'ab' }),
          input('number', {
            type: 'number_input',
            is_decimal_allowed: false,
            min_value: '1',
            max_value: '10',
            initial_value: '11',
          }),
          input('mail', { type: 'email_text_input', initial_value: 'nobody' }),
          input('link', { type: 'url_text_input', initial_value: 'nowhere' }),
          input('choice', { type: 'static_select', options: [{ text: plain('A'), value: 'a' }] }),
          input('extra', { type: 'plain_text_input' }, { optional: true }),
          { type: 'section', text: plain('s'), accessory: { type: 'users_select', action_id: 'u' } },
        ],
      }),
    );
    const before = app.deliveries.length;
    const refused = await submit(view.id);
    expect(Object.keys(refused.errors).sort()).toEqual(['choice', 'link', 'mail', 'number', 'text']);
    expect((await screen()).modals[0]?.errors).toEqual(refused.errors);
    expect(app.deliveries).toHaveLength(before);
    const good: Record<string, Record<string, unknown>> = {
      text: { value: 'abc' },
      number: { value: '10' },
      mail: { value: 'a@b.test' },
      link: { value: 'https://b.test' },
      choice: { selected_option: { value: 'a' } },
    };
    for (const [blockId, value] of Object.entries(good))
      await slack.act({ do: 'set_input', user: ADA, viewId: view.id, blockId, actionId: 'v', value });
    expect(await submit(view.id)).toEqual({ ok: true, responseAction: 'close' });
    expect(app.deliveries.at(-1)!.body).toMatchObject({
      type: 'view_submission',
      view: {
        id: view.id,
        state: {
          values: {
            text: { v: { value: 'abc' } },
            choice: { v: { selected_option: { text: plain('A'), value: 'a' } } },
            extra: { v: { value: null } },
          },
        },
      },
    });
  });

  it('gives a response URL for a conversation that was chosen for answers', async () => {
    const { view } = await open(
      modal('x', {
        blocks: [
          input('where', {
            type: 'conversations_select',
            default_to_current_conversation: true,
            response_url_enabled: true,
          }),
        ],
      }),
    );
    await submit(view.id);
    const [answer] = app.deliveries.at(-1)!.body.response_urls;
    expect(answer).toMatchObject({ block_id: 'where', action_id: 'v', channel_id: GENERAL });
    const body = JSON.stringify({ text: 'here', response_type: 'in_channel' });
    await fetch(answer.response_url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    expect((await slack.call('conversations.history', { channel: GENERAL })).messages).toMatchObject([
      { text: 'here' },
    ]);
  });

  it('does not let a client choose what was not offered', async () => {
    const { view } = await open(
      modal('Form', {
        blocks: [input('choice', { type: 'static_select', options: [{ text: plain('A'), value: 'a' }] })],
      }),
    );
    const choose = (value: Record<string, unknown>) =>
      slack.act({ do: 'set_input', user: ADA, viewId: view.id, blockId: 'choice', actionId: 'v', value });
    expect(await choose({ selected_option: { value: 'b' } })).toMatchObject({ error: 'invalid_value' });
    expect(await choose({ selected_option: 'a' })).toMatchObject({ error: 'invalid_value' });
    expect(await choose({ selected_option: { value: 'a', text: plain('Forged') } })).toMatchObject({ ok: true });
    expect((await screen()).modals[0]?.state).toEqual({
      choice: { v: { type: 'static_select', selected_option: { text: plain('A'), value: 'a' } } },
    });
  });

  it('follows every response_action', async () => {
    const { view } = await open();
    app.reply = () => ({ json: { response_action: 'errors', errors: { name: 'Taken.' } } });
    expect(await submit(view.id)).toMatchObject({ ok: true, errors: { name: 'Taken.' } });
    app.reply = () => ({ json: { response_action: 'errors', errors: { elsewhere: 'Lost.' } } });
    expect(await submit(view.id)).toMatchObject({ ok: false, error: 'app_error' });
    app.reply = () => ({
      json: { response_action: 'update', view: modal('Working', { submit: undefined, blocks: [] }) },
    });
    expect(await submit(view.id)).toMatchObject({ ok: true, responseAction: 'update' });
    expect((await screen()).modals).toMatchObject([{ id: view.id, title: 'Working' }]);
    await slack.call('views.update', { view_id: view.id, view: modal('Back') });
    app.reply = () => ({ json: { response_action: 'push', view: modal('Deeper') } });
    await submit(view.id);
    expect((await screen()).modals).toMatchObject([{ title: 'Back' }, { title: 'Deeper', previousViewId: view.id }]);
    app.reply = () => ({ json: { response_action: 'clear' } });
    await submit((await screen()).modals[1]?.id);
    expect((await screen()).modals).toEqual([]);
  });

  it('keeps the modal with what was typed when the app fails', async () => {
    const { view } = await open();
    app.reply = () => ({ status: 500 });
    expect(await submit(view.id)).toMatchObject({
      ok: false,
      error: 'app_error',
      detail: expect.stringContaining('Try again'),
    });
    app.reply = () => ({ json: { response_action: 'dance' } });
    expect(await submit(view.id)).toMatchObject({ ok: false, error: 'app_error' });
    app.reply = () => ({ json: { response_action: 'update', view: modal('x'.repeat(25)) } });
    expect(await submit(view.id)).toMatchObject({ ok: false, error: 'invalid_arguments' });
    expect((await screen()).modals).toMatchObject([{ id: view.id, state: { name: { v: { value: 'orders' } } } }]);
  });

  it('tells the app of a closed view only if it wants to know', async () => {
    const { view: quiet } = await open();
    const before = app.deliveries.length;
    await slack.act({ do: 'close_view', user: ADA, viewId: quiet.id });
    expect(app.deliveries).toHaveLength(before);
    const { view: loud } = await open(modal('x', { notify_on_close: true, callback_id: 'loud' }));
    await slack.act({ do: 'close_view', user: ADA, viewId: loud.id });
    expect(app.deliveries.at(-1)!.body).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      view: { id: loud.id, callback_id: 'loud' },
    });
    expect((await screen()).modals).toEqual([]);
  });

  it('publishes a Home tab to one person, and asks the app for it when it is opened', async () => {
    await slack.act({ do: 'open_home', user: ADA });
    const opened = await app.next(({ body }) => body.event?.type === 'app_home_opened');
    expect(opened.body.event).toMatchObject({ user: ADA, tab: 'home', channel: 'D0ADA0001' });
    const home = {
      type: 'home',
      blocks: [{ type: 'actions', block_id: 'b', elements: [{ type: 'button', action_id: 'go', text: plain('Go') }] }],
    };
    const { view } = await slack.call('views.publish', { user_id: ADA, view: home });
    expect((await slack.call('views.publish', { user_id: ADA, view: home, hash: 'stale' })).error).toBe(
      'hash_conflict',
    );
    expect((await slack.call('views.publish', { user_id: ADA, view: modal('x') })).error).toBe('invalid_arguments');
    expect((await screen()).home).toMatchObject({ id: view.id, type: 'home' });
    expect((await screen(BEN)).home).toBeNull();
    await slack.act({
      do: 'block_action',
      user: ADA,
      container: { type: 'view', viewId: view.id },
      blockId: 'b',
      actionId: 'go',
    });
    const click = await app.next(({ body }) => body.type === 'block_actions');
    expect(click.body).toMatchObject({
      container: { type: 'view', view_id: view.id },
      view: { id: view.id, type: 'home' },
    });
  });

  it('asks for options only after enough characters, and takes groups', async () => {
    const { view } = await open(
      modal('x', { blocks: [input('tag', { type: 'external_select', min_query_length: 2 })] }),
    );
    const ask = (value: string) =>
      slack.act({
        do: 'options',
        user: ADA,
        container: { type: 'view', viewId: view.id },
        blockId: 'tag',
        actionId: 'v',
        value,
      });
    const before = app.deliveries.length;
    expect(await ask('a')).toEqual({ ok: true, options: [] });
    expect(app.deliveries).toHaveLength(before);
    const groups = [{ label: plain('All'), options: [{ text: plain('One'), value: '1' }] }];
    app.reply = () => ({ json: { option_groups: groups } });
    expect(await ask('on')).toMatchObject({ ok: true, option_groups: groups });
    app.reply = () => ({ json: { options: [{ text: plain('x'.repeat(76)), value: '1' }] } });
    expect(await ask('on')).toMatchObject({ ok: false, error: 'app_error' });
  });

  it('dispatches from an input only if it asks to, and remembers either way', async () => {
    const { view } = await open(
      modal('x', {
        blocks: [
          input('quiet', { type: 'plain_text_input' }),
          input('live', { type: 'plain_text_input' }, { dispatch_action: true }),
        ],
      }),
    );
    const type = (blockId: string) =>
      slack.act({
        do: 'block_action',
        user: ADA,
        container: { type: 'view', viewId: view.id },
        blockId,
        actionId: 'v',
        value: { value: blockId },
      });
    expect(await type('quiet')).toEqual({ ok: true, dispatched: false });
    expect(await type('live')).toEqual({ ok: true, dispatched: true });
    expect(app.deliveries.at(-1)!.body).toMatchObject({
      actions: [{ block_id: 'live', value: 'live' }],
      view: { state: { values: { quiet: { v: { value: 'quiet' } }, live: { v: { value: 'live' } } } } },
    });
  });
});
