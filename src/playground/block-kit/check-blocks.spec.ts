import { checkBlocks, type Surface } from './check-blocks.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (more: Record<string, unknown> = {}) => ({ type: 'button', action_id: 'a', text: plain('Go'), ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const option = (value: string) => ({ text: plain(value), value });
const select = (more: Record<string, unknown>) => actions({ type: 'static_select', action_id: 's', ...more });
const x = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** What Slack allows at most, and what is one too much. */
const LIMITS: [string, unknown, unknown][] = [
  ['a section’s text', { type: 'section', text: mrkdwn(x(3000)) }, { type: 'section', text: mrkdwn(x(3001)) }],
  [
    'a section’s fields',
    { type: 'section', fields: many(10, () => plain('f')) },
    { type: 'section', fields: many(11, () => plain('f')) },
  ],
  ['a field’s text', { type: 'section', fields: [plain(x(2000))] }, { type: 'section', fields: [plain(x(2001))] }],
  ['a header', { type: 'header', text: plain(x(150)) }, { type: 'header', text: plain(x(151)) }],
  ['a button’s text', actions(button({ text: plain(x(75)) })), actions(button({ text: plain(x(76)) }))],
  ['a button’s value', actions(button({ value: x(2000) })), actions(button({ value: x(2001) }))],
  ['an action id', actions(button({ action_id: x(255) })), actions(button({ action_id: x(256) }))],
  ['a block id', { type: 'divider', block_id: x(255) }, { type: 'divider', block_id: x(256) }],
  [
    'the elements of actions',
    actions(...many(25, (index) => button({ action_id: `a${index}` }))),
    actions(...many(26, (index) => button({ action_id: `a${index}` }))),
  ],
  [
    'the elements of a context',
    { type: 'context', elements: many(10, () => mrkdwn('c')) },
    { type: 'context', elements: many(11, () => mrkdwn('c')) },
  ],
  [
    'the options of a select',
    select({ options: many(100, (index) => option(`o${index}`)) }),
    select({ options: many(101, (index) => option(`o${index}`)) }),
  ],
  [
    'an option’s label',
    select({ options: [option(x(75))] }),
    select({ options: [{ text: plain(x(76)), value: 'v' }] }),
  ],
  [
    'the choices of an overflow menu',
    actions({ type: 'overflow', action_id: 'o', options: many(5, (index) => option(`o${index}`)) }),
    actions({ type: 'overflow', action_id: 'o', options: many(6, (index) => option(`o${index}`)) }),
  ],
];

describe('Block Kit', () => {
  it.each(LIMITS)('takes the most of %s', (_what, most) => {
    expect(checkBlocks([most], 'message')).toMatchObject({ ok: true });
  });

  it.each(LIMITS)('refuses one more of %s, and says where', (_what, _most, tooMuch) => {
    expect(checkBlocks([tooMuch], 'message')).toMatchObject({
      ok: false,
      messages: [expect.stringMatching(/^\[ERROR\] .* \[json-pointer:\/blocks\/0\/.+\]$/u)],
    });
  });

  it.each<[Surface, number]>([
    ['message', 50],
    ['modal', 100],
    ['home', 100],
  ])('takes as many blocks in a %s as Slack', (surface, most) => {
    const dividers = (count: number) => many(count, () => ({ type: 'divider' }));
    expect(checkBlocks(dividers(most), surface).ok).toBe(true);
    expect(checkBlocks(dividers(most + 1), surface).ok).toBe(false);
  });

  it('gives ids where there are none, leaves those that are, and refuses doubles', () => {
    const checked = checkBlocks(
      [{ type: 'divider', block_id: 'mine' }, actions(button({ action_id: undefined }))],
      'message',
    );
    expect(checked).toMatchObject({
      ok: true,
      value: [{ block_id: 'mine' }, { block_id: expect.any(String), elements: [{ action_id: expect.any(String) }] }],
    });
    expect(
      checkBlocks(
        [
          { type: 'divider', block_id: 'd' },
          { type: 'divider', block_id: 'd' },
        ],
        'message',
      ).ok,
    ).toBe(false);
    expect(checkBlocks([actions(button(), button())], 'message').ok).toBe(false);
  });

  it.each([null, 'text', { type: 'divider' }, [null], [{}], [{ type: 'bogus' }], [{ type: 'section' }]])(
    'refuses %j without falling over',
    (input) => {
      expect(checkBlocks(input, 'message').ok).toBe(false);
    },
  );
});
