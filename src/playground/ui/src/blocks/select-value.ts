import type { ClientSnapshot } from '../../../protocol';
import type { Option } from './context';

export type SelectKind = 'static' | 'external' | 'users' | 'conversations' | 'channels';

const KEYS: Record<SelectKind, [one: string, many: string, initialOne: string, initialMany: string]> = {
  static: ['selected_option', 'selected_options', 'initial_option', 'initial_options'],
  external: ['selected_option', 'selected_options', 'initial_option', 'initial_options'],
  users: ['selected_user', 'selected_users', 'initial_user', 'initial_users'],
  conversations: ['selected_conversation', 'selected_conversations', 'initial_conversation', 'initial_conversations'],
  channels: ['selected_channel', 'selected_channels', 'initial_channel', 'initial_channels'],
};

/** What can be chosen without asking the app; options of a group carry its label. */
export function choicesOf(
  kind: SelectKind,
  element: Record<string, unknown>,
  { users, channels }: Pick<ClientSnapshot, 'users' | 'channels'>,
): (Option & { group?: string })[] {
  const plain = (value: string, words: string): Option => ({ value, text: { type: 'plain_text', text: words } });
  if (kind === 'users')
    return users.filter((user) => !user.deleted && !user.isBot).map((user) => plain(user.id, user.realName));
  if (kind === 'channels' || kind === 'conversations')
    return channels
      .filter((channel) => channel.kind === 'channel' || (kind === 'conversations' && channel.kind === 'private'))
      .filter((channel) => !channel.isArchived)
      .map((channel) => plain(channel.id, `#${channel.name}`));
  const groups = (element.option_groups ?? []) as { label?: { text: string }; options: Option[] }[];
  return [
    ...((element.options ?? []) as Option[]),
    ...groups.flatMap((group) => group.options.map((option) => ({ ...option, group: group.label?.text ?? '' }))),
  ];
}

/** The choice in the shape of the element's own payload; null for none. */
export function valueFor(kind: SelectKind, multi: boolean, chosen: Option[]): Record<string, unknown> | null {
  const [one, many] = KEYS[kind];
  const plain = ({ text, value, description, url }: Option): unknown =>
    kind === 'static' || kind === 'external'
      ? { text, value, ...(description !== undefined && { description }), ...(url !== undefined && { url }) }
      : value;
  if (multi) return { [many]: chosen.map(plain) };
  return chosen[0] === undefined ? null : { [one]: plain(chosen[0]) };
}

/** What was chosen before, or what the app chose in advance. */
export function initiallyChosen(
  element: Record<string, unknown>,
  current: Record<string, unknown>,
  kind: SelectKind,
  multi: boolean,
  known: Option[],
): Option[] {
  const [one, many, initialOne, initialMany] = KEYS[kind];
  // Once there is a state it is the truth, an emptied choice included.
  const from = (key: string, initial: string): unknown => (key in current ? current[key] : element[initial]);
  const given = multi ? from(many, initialMany) : [from(one, initialOne)];
  const values = (Array.isArray(given) ? given : []).filter((value) => value !== undefined && value !== null);
  return values.map((value) =>
    typeof value === 'string'
      ? (known.find((option) => option.value === value) ?? { value, text: { type: 'plain_text', text: value } })
      : (value as Option),
  );
}
