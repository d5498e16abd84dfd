import { jest } from '@jest/globals';
import type { App, BlockAction, SlashCommand, ViewOutput } from '@slack/bolt';
import { BoltOnPlayground, Inbox } from '../builders/bolt-on-playground.js';

jest.setTimeout(60_000);

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const input = (blockId: string, element: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  ({
    type: 'input',
    block_id: blockId,
    label: plain(blockId),
    element: { action_id: blockId, ...element },
    ...more,
  }) as never;
const modal = (callbackId: string, blocks: never[], more: Record<string, unknown> = {}) => ({
  type: 'modal' as const,
  callback_id: callbackId,
  title: plain(callbackId),
  submit: plain('Send'),
  blocks,
  ...more,
});
const tag = { type: 'external_select', placeholder: plain('Tag'), min_query_length: 1 };
const form = () =>
  modal('form', [
    input('name', { type: 'plain_text_input', initial_value: 'orders' }),
    input('reason', { type: 'plain_text_input' }),
    input('size', { type: 'static_select', options: [plainOption('small'), plainOption('large')] }),
    input('tag', tag, { optional: true }),
    input(
      'live',
      { type: 'plain_text_input', dispatch_action_config: { trigger_actions_on: ['on_character_entered'] } },
      { optional: true, dispatch_action: true },
    ),
    { type: 'actions', elements: [{ type: 'button', action_id: 'more', text: plain('More'), value: 'v1' }] } as never,
  ]);
const plainOption = (value: string) => ({ text: plain(value), value });

const seen = {
  commands: new Inbox<SlashCommand>(),
  actions: new Inbox<BlockAction>(),
  views: new Inbox<ViewOutput>(),
  events: new Inbox<Record<string, unknown>>(),
  suggestions: new Inbox<Record<string, unknown>>(),
};

function listen(app: App): void {
  app.command('/try', async ({ ack, command, client, respond }) => {
    seen.commands.put(command);
    if (command.text === 'echo') await ack({ text: 'heard you', response_type: 'ephemeral' });
    else await ack();
    if (command.text === 'form') await client.views.open({ trigger_id: command.trigger_id, view: form() });
    if (command.text === 'loud') await respond({ text: 'for all', response_type: 'in_channel' });
    if (command.text === 'card')
      await client.chat.postMessage({
        channel: command.channel_id,
        text: 'A card',
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'button', action_id: 'approve', text: plain('Approve'), value: 'r1' }],
          },
        ],
      });
  });
  app.action('approve', async ({ ack, body, respond, client }) => {
    await ack();
    seen.actions.put(body as BlockAction);
    await client.chat.postMessage({
      channel: (body as BlockAction).channel?.id ?? '',
      thread_ts: (body as BlockAction).message?.ts ?? '',
      text: 'noted',
    });
    await respond({ replace_original: true, text: 'Approved' });
  });
  app.action(/^(more|live|home_button)$/u, async ({ ack, body }) => {
    await ack();
    seen.actions.put(body as BlockAction);
  });
  app.options('tag', async ({ ack, body }) => {
    seen.suggestions.put(body);
    await ack({ options: [plainOption(`${body.value}-one`), plainOption(`${body.value}-two`)] });
  });
  app.view('form', async ({ ack, view }) => {
    seen.views.put(view);
    const reason = view.state.values.reason?.reason?.value;
    if (reason === 'wrong') await ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
    else if (reason === 'deeper')
      await ack({
        response_action: 'push',
        view: modal('second', [input('x', { type: 'plain_text_input' }, { optional: true })]),
      });
    else
      await ack({
        response_action: 'update',
        view: modal('done', [], { submit: undefined, blocks: [{ type: 'section', text: plain('Done.') }] }) as never,
      });
  });
  app.view('second', async ({ ack }) => {
    await ack({ response_action: 'clear' });
  });
  app.shortcut('from_anywhere', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: form() });
  });
  app.shortcut('about_this', async ({ ack, shortcut, client }) => {
    await ack();
    if (shortcut.type === 'message_action')
      await client.chat.postEphemeral({
        channel: shortcut.channel.id,
        user: shortcut.user.id,
        text: `about: ${shortcut.message.text ?? ''}`,
      });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'home_button', text: plain('Go') }] }],
      },
    });
  });
  for (const name of [
    'message',
    'reaction_added',
    'reaction_removed',
    'pin_added',
    'app_mention',
    'member_joined_channel',
  ] as const)
    app.event(name, async ({ body }) => {
      seen.events.put(body);
    });
}

const eventOf = (body: Record<string, unknown>) => body.event as Record<string, any>;

describe.each(['http', 'socket'] as const)('a Bolt app at the playground over %s', (mode) => {
  let stage: BoltOnPlayground;

  beforeAll(async () => {
    for (const inbox of Object.values(seen)) inbox.all.length = 0;
    stage = await BoltOnPlayground.start(mode, listen);
  });
  afterAll(async () => {
    await stage.stop();
  });

  it('shows what a command answers at once, to its person only, and never in the history', async () => {
    const [ada, ben] = [stage.person('ada'), stage.person('ben')];
    await ben.connect();
    await ada.slash('/try echo', 'team-payments');
    const answer = await ada.waitForMessage('#team-payments', 'heard you');
    expect(answer.ephemeralTo).toBe(ada.id);
    expect(seen.commands.all.at(-1)).toMatchObject({ user_id: ada.id, channel_name: 'team-payments', text: 'echo' });
    expect(ben.messages('#team-payments').map((message) => message.text)).not.toContain('heard you');
    const { messages } = await stage.client.conversations.history({ channel: answer.channel });
    expect(messages?.map((message) => message.text)).not.toContain('heard you');
  });

  it('lets the app answer everyone through the response URL', async () => {
    await stage.person('ada').slash('/try loud', 'team-payments');
    const shown = await stage.person('ben').waitForMessage('#team-payments', 'for all');
    expect(shown.ephemeralTo).toBeUndefined();
  });

  it('goes from a modal with initial values over required inputs to an error of the app and to the next view', async () => {
    const ada = stage.person('ada');
    await ada.slash('/try form', '#general');
    const opened = await ada.waitForModal('form');
    expect(await ada.submit()).toMatchObject({
      ok: false,
      error: 'invalid_input',
      errors: { reason: expect.any(String), size: expect.any(String) },
    });
    expect(seen.views.all).toHaveLength(0);
    await ada.fill({ reason: 'wrong', size: 'large', tag: 'r-one' });
    expect(await ada.submit()).toMatchObject({ ok: true, responseAction: 'errors' });
    const corrected = await ada.waitFor((me) => me.modal()?.errors.reason === 'Say why.' && me.modal());
    expect(corrected.id).toBe(opened.id);
    await ada.fill({ reason: 'because' });
    await ada.submit();
    const values = seen.views.all.at(-1)?.state.values;
    expect(values?.name?.name?.value).toBe('orders');
    expect(values?.size?.size?.selected_option?.value).toBe('large');
    const done = await ada.waitForModal('done');
    expect(done.id).toBe(opened.id);
    expect(done.hash).not.toBe(opened.hash);
    await ada.close();
    await ada.waitFor((me) => me.modal() === undefined);
  });

  it('asks the app for options while somebody types, with the view they type in', async () => {
    const lea = stage.person('lea');
    await lea.slash('/try form', '#general');
    const opened = await lea.waitForModal();
    expect(await lea.search('tag', 'blue')).toMatchObject({
      ok: true,
      options: [{ value: 'blue-one' }, { value: 'blue-two' }],
    });
    expect(seen.suggestions.all.at(-1)).toMatchObject({
      type: 'block_suggestion',
      action_id: 'tag',
      block_id: 'tag',
      value: 'blue',
      container: { type: 'view', view_id: opened.id },
      view: { id: opened.id, callback_id: 'form' },
    });
    await lea.close();
  });

  it('carries view and container in an action from a modal, and every block has an id', async () => {
    const lea = stage.person('lea');
    await lea.slash('/try form', '#general');
    const opened = await lea.waitForModal();
    expect(opened.blocks.map((block) => block.block_id)).not.toContain(undefined);
    await lea.click('more');
    const action = await seen.actions.next((body) => body.actions[0]?.action_id === 'more');
    expect(action).toMatchObject({
      type: 'block_actions',
      container: { type: 'view', view_id: opened.id },
      view: { id: opened.id, state: { values: { name: { name: { value: 'orders' } } } } },
      actions: [{ value: 'v1' }],
    });
    await lea.fill({ live: 'typed' });
    expect(await seen.actions.next((body) => body.actions[0]?.action_id === 'live')).toMatchObject({
      actions: [{ value: 'typed' }],
    });
    await lea.close();
  });

  it('keeps one stack of modals for each person', async () => {
    const [ada, ben] = [stage.person('ada'), stage.person('ben')];
    await Promise.all([ada.slash('/try form', '#general'), ben.shortcut('from_anywhere')]);
    const [first, other] = [await ada.waitForModal(), await ben.waitForModal()];
    expect(first.id).not.toBe(other.id);
    await ada.fill({ reason: 'deeper', size: 'small' });
    await ada.submit();
    const pushed = await ada.waitForModal('second');
    expect(pushed).toMatchObject({ previousViewId: first.id, rootViewId: first.id });
    expect(ben.screen.modals).toHaveLength(1);
    await ada.submit();
    await ada.waitFor((me) => me.modal() === undefined);
    expect(ben.screen.modals).toHaveLength(1);
    await expect(ada.act({ do: 'submit_view', viewId: other.id })).resolves.toMatchObject({
      ok: false,
      error: 'view_not_found',
    });
    await ben.close();
  });

  it('follows a click: a reply in the thread, the card replaced in place', async () => {
    const ben = stage.person('ben');
    await ben.slash('/try card', 'approvals');
    const card = await ben.waitForMessage('#approvals', 'A card');
    await ben.click('approve', card);
    const reply = await ben.waitForMessage('#approvals', 'noted');
    expect(reply.threadTs).toBe(card.ts);
    const replaced = await ben.waitForMessage('#approvals', 'Approved');
    expect(replaced).toMatchObject({ ts: card.ts, edited: true, replyCount: 1, blocks: [] });
    const { messages: history } = await stage.client.conversations.history({ channel: card.channel });
    expect(history?.map((message) => message.text)).not.toContain('noted');
    const { messages: thread } = await stage.client.conversations.replies({ channel: card.channel, ts: card.ts });
    expect(thread?.map((message) => message.text)).toEqual(['Approved', 'noted']);
  });

  it('offers shortcuts on a message', async () => {
    const ben = stage.person('ben');
    await ben.say('look at this', 'incidents');
    const message = await ben.waitForMessage('#incidents', 'look at this');
    await ben.shortcut('about_this', message);
    expect((await ben.waitForMessage('#incidents', 'about: look at this')).ephemeralTo).toBe(ben.id);
  });

  it('opens the Home tab, and a click in it carries the view', async () => {
    const pia = stage.person('pia');
    await pia.openHome();
    const home = await pia.waitFor((me) => me.home());
    await pia.click('home_button', 'home');
    const action = await seen.actions.next((body) => body.actions[0]?.action_id === 'home_button');
    expect(action).toMatchObject({ container: { type: 'view', view_id: home.id }, view: { type: 'home' } });
  });

  it('tells of messages, mentions, reactions, pins and members, the bot’s own too', async () => {
    const oli = stage.person('oli');
    await oli.say('<@U0QMASTER> hello', 'incidents');
    const message = await oli.waitForMessage('#incidents', '<@U0QMASTER> hello');
    await oli.react(message, 'pushpin');
    await oli.unreact(message, 'pushpin');
    await oli.pin(message);
    await stage.client.reactions.add({ channel: message.channel, timestamp: message.ts, name: 'eyes' });
    const { ts } = await stage.client.chat.postMessage({ channel: message.channel, text: 'from the bot' });
    const { channel } = await stage.client.conversations.create({ name: `room-${mode}` });
    await stage.client.conversations.invite({ channel: channel?.id ?? '', users: oli.id });

    const mention = await seen.events.next((body) => eventOf(body).type === 'app_mention');
    expect(mention).toMatchObject({
      type: 'event_callback',
      team_id: 'T0QMASTER',
      api_app_id: 'A0QMASTER',
      event_id: expect.stringMatching(/^Ev/u),
    });
    const at = (type: string, user: string) =>
      seen.events.next((body) => eventOf(body).type === type && eventOf(body).user === user);
    expect(eventOf(await at('reaction_added', oli.id))).toMatchObject({
      reaction: 'pushpin',
      item: { channel: message.channel, ts: message.ts },
      item_user: oli.id,
    });
    await at('reaction_removed', oli.id);
    await at('pin_added', oli.id);
    expect(eventOf(await at('reaction_added', 'U0QMASTER'))).toMatchObject({ reaction: 'eyes' });
    expect(eventOf(await at('member_joined_channel', oli.id))).toMatchObject({
      channel: channel?.id,
      inviter: 'U0QMASTER',
    });
    expect(eventOf(await seen.events.next((body) => eventOf(body).ts === ts))).toMatchObject({
      bot_id: 'B0QMASTER',
      app_id: 'A0QMASTER',
    });
  });

  it('delivers an event again with the same id when told to', async () => {
    const sent = seen.events.all.filter((body) => eventOf(body).type === 'pin_added');
    await stage.control('redeliver', { eventType: 'pin_added' });
    await seen.events.next(
      () => seen.events.all.filter((body) => eventOf(body).type === 'pin_added').length > sent.length,
    );
    const ids = seen.events.all.filter((body) => eventOf(body).type === 'pin_added').map((body) => body.event_id);
    expect(new Set(ids).size).toBe(sent.length);
  });
});
