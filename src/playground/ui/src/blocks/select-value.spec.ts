import type { ClientSnapshot } from '../../../protocol.js';
import type { Option } from './context.js';
import { choicesOf, initiallyChosen, valueFor } from './select-value.js';

const option = (value: string): Option => ({ value, text: { type: 'plain_text', text: value } });
const workspace = {
  users: [
    { id: 'U1', realName: 'Ada', deleted: false, isBot: false },
    { id: 'U2', realName: 'Gone', deleted: true, isBot: false },
    { id: 'UB', realName: 'Bot', deleted: false, isBot: true },
  ],
  channels: [
    { id: 'C1', name: 'general', kind: 'channel', isArchived: false },
    { id: 'C2', name: 'secret', kind: 'private', isArchived: false },
    { id: 'D1', name: 'dm', kind: 'im', isArchived: false },
  ],
} as unknown as ClientSnapshot;
const values = (options: Option[]) => options.map((one) => one.value);

describe('select menus', () => {
  it('offer people who are there, and channels by what the menu is for', () => {
    expect(values(choicesOf('users', {}, workspace))).toEqual(['U1']);
    expect(values(choicesOf('channels', {}, workspace))).toEqual(['C1']);
    expect(values(choicesOf('conversations', {}, workspace))).toEqual(['C1', 'C2']);
  });

  it('remember which group an option is of, but do not send it', () => {
    const [grouped] = choicesOf(
      'static',
      { option_groups: [{ label: { text: 'G' }, options: [option('a')] }] },
      workspace,
    );
    expect(grouped).toMatchObject({ value: 'a', group: 'G' });
    expect(valueFor('static', false, [grouped!])).toEqual({ selected_option: option('a') });
  });

  it('send ids for people and channels, options for the rest, null for no choice', () => {
    expect(valueFor('users', true, [option('U1')])).toEqual({ selected_users: ['U1'] });
    expect(valueFor('channels', false, [option('C1')])).toEqual({ selected_channel: 'C1' });
    expect(valueFor('external', false, [])).toBeNull();
  });

  it('begin with what was chosen before rather than with what the app chose in advance', () => {
    const element = { initial_option: option('a') };
    expect(values(initiallyChosen(element, { selected_option: option('b') }, 'static', false, []))).toEqual(['b']);
    expect(values(initiallyChosen(element, {}, 'static', false, []))).toEqual(['a']);
    expect(
      initiallyChosen({ initial_user: 'U1' }, {}, 'users', false, choicesOf('users', {}, workspace)),
    ).toMatchObject([{ text: { text: 'Ada' } }]);
  });
});
