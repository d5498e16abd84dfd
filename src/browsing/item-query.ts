/** What somebody looks for. */
export interface ItemQuery {
  readonly words: string;
  readonly tag: string | null;
  /** Team id. */
  readonly owner: string | null;
  /** `best`: by how well the words fit and how popular it is; without words by popularity. */
  readonly sort: 'best' | 'popular' | 'title';
}

export const EVERYTHING: ItemQuery = { words: '', tag: null, owner: null, sort: 'best' };

/** `database tag:demo team:platform` as somebody types it. */
export function typedQuery(text: string, more: Partial<ItemQuery> = {}): ItemQuery {
  const query = { ...EVERYTHING, ...more };
  let [tag, owner] = [query.tag, query.owner];
  const words: string[] = [];
  for (const word of text.split(/\s+/)) {
    const [, key, value = ''] = /^(tag|team|owner):(.+)$/i.exec(word) ?? [];
    if (key === undefined) words.push(word);
    else if (key.toLowerCase() === 'tag') tag = value.toLowerCase();
    else owner = value.toLowerCase();
  }
  return { ...query, words: words.join(' ').trim(), tag, owner };
}
