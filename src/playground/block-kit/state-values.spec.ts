import { checkBlocks } from './check-blocks.js';
import { entryFor } from './check-value.js';
import { initialState, isEmpty } from './state-values.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (value: string) => ({ text: plain(value), value });
const input = (blockId: string, element: Record<string, unknown>) => ({
  type: 'input',
  block_id: blockId,
  label: plain('l'),
  element: { action_id: 'v', ...element },
});
function blocksOf(...blocks: unknown[]) {
  const checked = checkBlocks(blocks, 'modal');
  if (!checked.ok) throw new Error(checked.messages.join());
  return checked.value;
}

describe('the state of a view before anybody typed', () => {
  it('starts from initial values, and is null or empty where there are none', () => {
    const blocks = blocksOf(
      input('text', { type: 'plain_text_input', initial_value: 'a' }),
      input('choice', { type: 'static_select', options: [option('a')] }),
      input('several', { type: 'multi_users_select', initial_users: ['U1'] }),
      input('none', { type: 'multi_users_select' }),
      input('day', { type: 'datepicker', initial_date: '2026-11-23' }),
      {
        type: 'section',
        block_id: 's',
        text: plain('s'),
        accessory: { type: 'radio_buttons', action_id: 'r', options: [option('a')], initial_option: option('a') },
      },
      { type: 'actions', block_id: 'a', elements: [{ type: 'button', action_id: 'b', text: plain('b') }] },
    );
    expect(initialState(blocks)).toEqual({
      text: { v: { type: 'plain_text_input', value: 'a' } },
      choice: { v: { type: 'static_select', selected_option: null } },
      several: { v: { type: 'multi_users_select', selected_users: ['U1'] } },
      none: { v: { type: 'multi_users_select', selected_users: [] } },
      day: { v: { type: 'datepicker', selected_date: '2026-11-23' } },
      s: { r: { type: 'radio_buttons', selected_option: option('a') } },
    });
  });

  it('takes the current conversation where an element asks for it', () => {
    const blocks = blocksOf(
      input('one', { type: 'conversations_select', default_to_current_conversation: true }),
      input('many', { type: 'multi_conversations_select', default_to_current_conversation: true }),
    );
    expect(initialState(blocks, 'C1')).toMatchObject({
      one: { v: { selected_conversation: 'C1' } },
      many: { v: { selected_conversations: ['C1'] } },
    });
    expect(initialState(blocks)).toMatchObject({ one: { v: { selected_conversation: null } } });
  });

  it('keeps a value only while block, action and type stay', () => {
    const before = { a: { v: { type: 'plain_text_input', value: 'typed' } } };
    expect(initialState(blocksOf(input('a', { type: 'plain_text_input' })), undefined, before)).toEqual(before);
    expect(initialState(blocksOf(input('a', { type: 'email_text_input' })), undefined, before)).toMatchObject({
      a: { v: { value: null } },
    });
    expect(initialState(blocksOf(input('b', { type: 'plain_text_input' })), undefined, before)).toMatchObject({
      b: { v: { value: null } },
    });
  });
});

it('is harmless under any id that an app may choose', () => {
  const state = initialState(blocksOf(input('__proto__', { type: 'plain_text_input', action_id: '__proto__' })));
  expect(Object.keys(state)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).value).toBeUndefined();
  expect(JSON.stringify(state)).toBe('{"__proto__":{"__proto__":{"type":"plain_text_input","value":null}}}');
});

describe('what a client can have entered', () => {
  const select = { type: 'static_select', options: [option('a'), option('b')] };
  const several = {
    type: 'multi_static_select',
    option_groups: [{ options: [option('a'), option('b')] }],
    max_selected_items: 1,
  };

  it('is the option as the app wrote it', () => {
    expect(entryFor(select, { selected_option: { value: 'a', text: plain('forged') } })).toEqual({
      type: 'static_select',
      selected_option: option('a'),
    });
    expect(entryFor(several, { selected_options: [{ value: 'b' }] })).toEqual({
      type: 'multi_static_select',
      selected_options: [option('b')],
    });
  });

  it.each<[string, { type: string } & Record<string, unknown>, Record<string, unknown>]>([
    ['an option that is not offered', select, { selected_option: { value: 'c' } }],
    ['more than may be chosen', several, { selected_options: [{ value: 'a' }, { value: 'b' }] }],
    ['another shape', { type: 'plain_text_input' }, { value: 7 }],
    ['a day that is none', { type: 'datepicker' }, { selected_date: '2026-02-30' }],
    ['a time that is none', { type: 'timepicker' }, { selected_time: '24:00' }],
    ['too many people', { type: 'multi_users_select', max_selected_items: 1 }, { selected_users: ['U1', 'U2'] }],
  ])('is not %s', (_what, element, value) => {
    expect(entryFor(element, value)).toBeNull();
  });

  it('may be nothing again', () => {
    const cleared = entryFor({ type: 'plain_text_input' }, { value: '' });
    expect(cleared).toEqual({ type: 'plain_text_input', value: null });
    expect(isEmpty(cleared ?? undefined)).toBe(true);
    expect(entryFor({ type: 'multi_users_select' }, null)).toEqual({ type: 'multi_users_select', selected_users: [] });
  });
});
