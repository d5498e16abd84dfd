import { checkBlocks } from './check-blocks.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (more: Record<string, unknown> = {}) => ({ type: 'section', text: mrkdwn('x'), ...more });
const button = (more: Record<string, unknown> = {}) => ({ type: 'button', text: plain('Go'), ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const option = (value: string, more: Record<string, unknown> = {}) => ({ text: plain(value), value, ...more });
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const x = (length: number): string => 'x'.repeat(length);
const messagesFor = (blocks: unknown, surface: 'message' | 'modal' | 'home' = 'message'): string[] => {
  const checked = checkBlocks(blocks, surface);
  return checked.ok ? [] : checked.messages;
};

describe('what Slack takes', () => {
  const inputs = [
    { type: 'plain_text_input', multiline: true, min_length: 1, max_length: 10, placeholder: plain('…') },
    { type: 'number_input', is_decimal_allowed: true, min_value: '1', max_value: '2.5' },
    { type: 'email_text_input' },
    { type: 'url_text_input' },
    { type: 'rich_text_input' },
    { type: 'file_input', filetypes: ['txt'], max_files: 3 },
    { type: 'checkboxes', options: [{ text: mrkdwn('*a*'), value: 'a' }] },
    { type: 'radio_buttons', options: [option('a')], initial_option: option('a') },
    { type: 'datepicker', initial_date: '2026-11-23' },
    { type: 'timepicker', initial_time: '23:59', timezone: 'Europe/Berlin' },
    { type: 'datetimepicker', initial_date_time: 1_790_000_000 },
    { type: 'static_select', option_groups: [{ label: plain('g'), options: [option('a')] }] },
    {
      type: 'multi_static_select',
      options: [option('a'), option('b')],
      initial_options: [option('b')],
      max_selected_items: 2,
    },
    { type: 'external_select', min_query_length: 0 },
    { type: 'multi_external_select' },
    { type: 'users_select', initial_user: 'U1' },
    { type: 'multi_users_select' },
    { type: 'conversations_select', default_to_current_conversation: true, filter: { include: ['public'] } },
    { type: 'multi_conversations_select' },
    { type: 'channels_select' },
    { type: 'multi_channels_select' },
  ];

  it.each(inputs.map((element) => [element.type, element]))('an input with a %s', (_type, element) => {
    expect(messagesFor([{ type: 'input', label: plain('l'), element }], 'modal')).toEqual([]);
  });

  it.each([
    ['section', section({ fields: [plain('a'), mrkdwn('b')], accessory: button({ url: 'https://a.test' }) })],
    ['divider', { type: 'divider' }],
    ['header', { type: 'header', text: plain(x(150)) }],
    [
      'context',
      { type: 'context', elements: [mrkdwn('a'), { type: 'image', image_url: 'https://a.test/i.png', alt_text: 'i' }] },
    ],
    [
      'actions',
      actions(
        button({
          style: 'danger',
          confirm: { title: plain('Sure?'), text: mrkdwn('t'), confirm: plain('y'), deny: plain('n') },
        }),
        { type: 'overflow', options: [option('a')] },
      ),
    ],
    ['image', { type: 'image', slack_file: { id: 'F1' }, alt_text: 'i', title: plain('t') }],
    ['markdown', { type: 'markdown', text: '**bold**' }],
    [
      'table',
      { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]], column_settings: [{ align: 'right' }, null] },
    ],
    [
      'video',
      {
        type: 'video',
        video_url: 'https://a.test/v',
        thumbnail_url: 'https://a.test/t',
        alt_text: 'v',
        title: plain('t'),
      },
    ],
    ['file', { type: 'file', source: 'remote', external_id: 'e' }],
    ['alert', { type: 'alert', text: plain('a'), level: 'warning' }],
    ['card', { type: 'card', title: mrkdwn('t'), actions: [button()] }],
    ['carousel', { type: 'carousel', elements: [{ type: 'card', body: mrkdwn('b') }] }],
    ['container', { type: 'container', title: plain('t'), child_blocks: [section()] }],
    [
      'plan',
      { type: 'plan', title: 'p', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'complete' }] },
    ],
    [
      'context_actions',
      { type: 'context_actions', elements: [{ type: 'icon_button', icon: 'trash', text: plain('t') }] },
    ],
    [
      'rich_text',
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'a', style: { bold: true } },
              { type: 'user', user_id: 'U1' },
              { type: 'broadcast', range: 'here' },
            ],
          },
          {
            type: 'rich_text_list',
            style: 'ordered',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: 'https://a.test' }] }],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'code' }], border: 0 },
          { type: 'rich_text_quote', elements: [{ type: 'emoji', name: 'wave' }] },
        ],
      },
    ],
  ])('a %s block in a message', (_type, block) => {
    expect(messagesFor([block])).toEqual([]);
  });

  it('exactly as many as its limits say', () => {
    expect(messagesFor(many(50, () => section()))).toEqual([]);
    expect(
      messagesFor(
        many(100, () => section()),
        'modal',
      ),
    ).toEqual([]);
    expect(messagesFor([actions(...many(25, () => button()))])).toEqual([]);
    expect(
      messagesFor([
        section({ accessory: { type: 'static_select', options: many(100, (index) => option(`${index}`)) } }),
      ]),
    ).toEqual([]);
  });
});

describe('what Slack refuses, in its words', () => {
  const at = (pointer: string) => ` [json-pointer:/blocks${pointer}]`;

  it.each<[string, unknown, string]>([
    ['51 blocks', many(51, () => section()), `no more than 50 items allowed${at('')}`],
    ['a block of no known type', [{ type: 'dance' }], `unsupported type: dance${at('/0/type')}`],
    ['a field too many', [section({ color: 'red' })], `invalid additional property: color${at('/0')}`],
    ['a section without text or fields', [{ type: 'section' }], `must provide text or fields${at('/0')}`],
    [
      'a section over 3000',
      [section({ text: mrkdwn(x(3001)) })],
      `must be less than 3001 characters${at('/0/text/text')}`,
    ],
    ['an empty text', [section({ text: mrkdwn('') })], `must be more than 0 characters${at('/0/text/text')}`],
    [
      'a field over 2000',
      [section({ fields: [plain(x(2001))] })],
      `must be less than 2001 characters${at('/0/fields/0/text')}`,
    ],
    ['11 fields', [section({ fields: many(11, () => plain('a')) })], `no more than 10 items allowed${at('/0/fields')}`],
    [
      'a header over 150',
      [{ type: 'header', text: plain(x(151)) }],
      `must be less than 151 characters${at('/0/text/text')}`,
    ],
    ['mrkdwn in a header', [{ type: 'header', text: mrkdwn('a') }], `must be one of: plain_text${at('/0/text/type')}`],
    [
      '11 elements of context',
      [{ type: 'context', elements: many(11, () => plain('a')) }],
      `no more than 10 items allowed${at('/0/elements')}`,
    ],
    ['26 actions', [actions(...many(26, () => button()))], `no more than 25 items allowed${at('/0/elements')}`],
    ['no action', [actions()], `no fewer than 1 items allowed${at('/0/elements')}`],
    ['a button without text', [actions({ type: 'button' })], `missing required field: text${at('/0/elements/0')}`],
    [
      'a button over 75',
      [actions(button({ text: plain(x(76)) }))],
      `must be less than 76 characters${at('/0/elements/0/text/text')}`,
    ],
    [
      'a value over 2000',
      [actions(button({ value: x(2001) }))],
      `must be less than 2001 characters${at('/0/elements/0/value')}`,
    ],
    [
      'an unknown style',
      [actions(button({ style: 'loud' }))],
      `must be one of: primary, danger${at('/0/elements/0/style')}`,
    ],
    ['a block_id over 255', [section({ block_id: x(256) })], `must be less than 256 characters${at('/0/block_id')}`],
    [
      'an action_id over 255',
      [actions(button({ action_id: x(256) }))],
      `must be less than 256 characters${at('/0/elements/0/action_id')}`,
    ],
    [
      '6 overflow options',
      [actions({ type: 'overflow', options: many(6, (index) => option(`${index}`)) })],
      `no more than 5 items allowed${at('/0/elements/0/options')}`,
    ],
    [
      '101 options',
      [section({ accessory: { type: 'static_select', options: many(101, (index) => option(`${index}`)) } })],
      `no more than 100 items allowed${at('/0/accessory/options')}`,
    ],
    [
      'an option label over 75',
      [section({ accessory: { type: 'static_select', options: [option('a', { text: plain(x(76)) })] } })],
      `must be less than 76 characters${at('/0/accessory/options/0/text/text')}`,
    ],
    [
      '11 checkboxes',
      [section({ accessory: { type: 'checkboxes', options: many(11, (index) => option(`${index}`)) } })],
      `no more than 10 items allowed${at('/0/accessory/options')}`,
    ],
    [
      'an initial option that is not offered',
      [section({ accessory: { type: 'radio_buttons', options: [option('a')], initial_option: option('b') } })],
      `initial option must be one of the options${at('/0/accessory')}`,
    ],
    [
      'options and groups at once',
      [section({ accessory: { type: 'static_select', options: [option('a')], option_groups: [] } })],
      `no fewer than 1 items allowed${at('/0/accessory/option_groups')}`,
    ],
    [
      'an input element among actions',
      [actions({ type: 'plain_text_input' })],
      `unsupported type: plain_text_input${at('/0/elements/0/type')}`,
    ],
    [
      'a button in an input',
      [{ type: 'input', label: plain('l'), element: button() }],
      `unsupported type: button${at('/0/element/type')}`,
    ],
    [
      'a confirm text over 300',
      [actions(button({ confirm: { title: plain('t'), text: plain(x(301)), confirm: plain('y'), deny: plain('n') } }))],
      `must be less than 301 characters${at('/0/elements/0/confirm/text/text')}`,
    ],
    [
      'an image with two sources',
      [{ type: 'image', alt_text: 'a', image_url: 'https://a.test', slack_file: { id: 'F1' } }],
      `must provide exactly one of image_url and slack_file${at('/0')}`,
    ],
    [
      'a repeated block_id',
      [section({ block_id: 'a' }), section({ block_id: 'a' })],
      `\`block_id\` a already exists${at('/1/block_id')}`,
    ],
    [
      'a repeated action_id in a block',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      `\`action_id\` a already exists${at('/0/elements/1/action_id')}`,
    ],
    ['something else than a list', { type: 'divider' }, `must provide an array${at('')}`],
  ])('%s', (_what, blocks, sentence) => {
    expect(messagesFor(blocks)).toContain(`[ERROR] ${sentence}`);
  });

  it('blocks of messages in a view, and two that want the focus', () => {
    expect(messagesFor([{ type: 'markdown', text: 'a' }], 'modal')).toEqual([
      `[ERROR] unsupported type: markdown${at('/0/type')}`,
    ]);
    const focused = (id: string) => ({
      type: 'input',
      block_id: id,
      label: plain('l'),
      element: { type: 'plain_text_input', focus_on_load: true },
    });
    expect(messagesFor([focused('a'), focused('b')], 'modal')).toEqual([
      `[ERROR] only one element can set focus_on_load${at('')}`,
    ]);
    expect(
      messagesFor(
        many(101, () => section()),
        'home',
      ),
    ).toEqual([`[ERROR] no more than 100 items allowed${at('')}`]);
  });
});

it('gives every block and every element an id, and keeps those that are there', () => {
  const checked = checkBlocks(
    [section({ accessory: button() }), { ...actions(button({ action_id: 'mine' }), button()), block_id: 'own' }],
    'message',
  );
  if (!checked.ok) throw new Error(checked.messages.join());
  const [first, second] = checked.value;
  expect(first).toMatchObject({
    block_id: expect.stringMatching(/.+/u),
    accessory: { action_id: expect.stringMatching(/.+/u) },
  });
  expect(second).toMatchObject({
    block_id: 'own',
    elements: [{ action_id: 'mine' }, { action_id: expect.stringMatching(/.+/u) }],
  });
});
