import rows from 'virtual:emoji';

const BY_NAME = new Map<string, string>();
for (const [character, names] of rows) for (const name of names.split(' ')) BY_NAME.set(name, character);

/** The character for Slack's short name (skin tones fall back to the plain one); null if there is none. */
export function emojiFor(name: string): string | null {
  return BY_NAME.get(name) ?? BY_NAME.get(name.split('::')[0] ?? '') ?? null;
}

/** Short names that a search means: those whose name begins with it first, then those that hold it or are tagged so. */
export function findEmoji(text: string, limit = 64): string[] {
  const wanted = text
    .toLowerCase()
    .replaceAll(/[:\s]+/g, '_')
    .replaceAll(/^_|_$/g, '');
  const found = rows.filter(([, names, tags]) => names.includes(wanted) || tags.includes(wanted));
  const rank = ([, names]: (typeof rows)[number]): number =>
    names.startsWith(wanted) ? 0 : names.includes(wanted) ? 1 : 2;
  return found
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, limit)
    .map(([, names]) => names.split(' ')[0] ?? '');
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
