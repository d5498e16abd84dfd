import compact from 'emojibase-data/en/compact.json';
import shortcodes from 'emojibase-data/en/shortcodes/iamcal.json';

const BY_NAME = new Map<string, string>();
const codes = shortcodes as Record<string, string | string[]>;
for (const emoji of compact as { hexcode: string; unicode: string }[]) {
  for (const name of [codes[emoji.hexcode] ?? []].flat()) BY_NAME.set(name, emoji.unicode);
}

/** The character for Slack's short name (skin tones fall back to the plain one), or the name in colons. */
export function emojiFor(name: string): string {
  return BY_NAME.get(name) ?? BY_NAME.get(name.split('::')[0] ?? '') ?? `:${name}:`;
}

/** Names that begin with or hold the text, for the picker. */
export function findEmoji(text: string, limit = 48): string[] {
  const wanted = text.toLowerCase();
  return [...BY_NAME.keys()].filter((name) => name.includes(wanted)).slice(0, limit);
}

export const COMMON = [
  'white_check_mark',
  'x',
  'pushpin',
  'eyes',
  '+1',
  '-1',
  'tada',
  'heart',
  'rocket',
  'thinking_face',
  'raised_hands',
  'fire',
  'warning',
  'rotating_light',
  'wave',
  'joy',
];
