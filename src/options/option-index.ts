import { distance } from 'fastest-levenshtein';
import { LONGEST_VALUE, type Option } from './option.js';

interface Entry {
  readonly option: Option;
  readonly title: string;
  readonly value: string;
  /** Words with a space before each, so that ` wo` finds a word that begins with `wo`. */
  readonly words: string;
}

/** Of one source; what is beyond is left out, and said. */
export const MOST_KEPT = 20_000;
const LEAST_FOR_FUZZY = 3;
const SHORT = 5;

/** Options as they were loaded, ready to be searched while somebody types. */
export class OptionIndex {
  private readonly entries: readonly Entry[];
  private readonly byValue: ReadonlyMap<string, Option>;
  /** More were loaded than are kept. */
  readonly isCut: boolean;

  constructor(options: readonly Option[]) {
    const usable = options.filter(({ value }) => value !== '' && value.length <= LONGEST_VALUE);
    const distinct = new Map<string, Option>();
    for (const option of usable) if (!distinct.has(option.value)) distinct.set(option.value, option);
    this.isCut = distinct.size > MOST_KEPT;
    this.entries = [...distinct.values()].slice(0, MOST_KEPT).map(entryOf);
    this.byValue = new Map(this.entries.map(({ option }) => [option.value, option]));
  }

  get size(): number {
    return this.entries.length;
  }

  find(value: string): Option | undefined {
    return this.byValue.get(value);
  }

  /** Best first: those that begin with the text, then with a word that does, then that hold it, then those written similarly. */
  search(text: string, most: number): { readonly options: readonly Option[]; readonly more: boolean } {
    const query = normalised(text);
    if (query === '') return answer(this.entries, most);
    const ranks: Entry[][] = [[], [], [], []];
    const wanted = query.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
    const rest: Entry[] = [];
    for (const entry of this.entries) (ranks[rankOf(entry, query, wanted)] ?? rest).push(entry);
    const found = ranks.flat();
    if (found.length >= most || query.length < LEAST_FOR_FUZZY) return answer(found, most);
    return answer([...found, ...similar(rest, query)], most);
  }
}

function answer(entries: readonly Entry[], most: number): { options: readonly Option[]; more: boolean } {
  return { options: entries.slice(0, most).map(({ option }) => option), more: entries.length > most };
}

function entryOf(option: Option): Entry {
  const title = normalised(option.title);
  const value = normalised(option.value);
  const words = `${title} ${value}`.split(/[^\p{L}\p{N}]+/u);
  return { option, title, value, words: ` ${words.join(' ')}` };
}

/** 0: is it, 1: begins with it, 2: has words that do, 3: holds it; anything else: no match. */
function rankOf({ title, value, words }: Entry, query: string, wanted: readonly string[]): number {
  if (title === query || value === query) return 0;
  if (title.startsWith(query) || value.startsWith(query)) return 1;
  if (wanted.length > 0 && wanted.every((word) => words.includes(` ${word}`))) return 2;
  return title.includes(query) || value.includes(query) ? 3 : 4;
}

/** A letter or two wrong, or two letters the wrong way round. The more alike, the earlier. */
function similar(entries: readonly Entry[], query: string): Entry[] {
  const slips = query.length <= SHORT ? 1 : 2;
  const swapped = Array.from({ length: query.length - 1 }, (_, at) => ` ${swap(query, at)}`);
  return entries
    .map((entry) => ({ entry, off: swapped.some((word) => entry.words.includes(word)) ? 1 : nearest(entry, query) }))
    .filter(({ off }) => off <= slips)
    .sort((a, b) => a.off - b.off)
    .map(({ entry }) => entry);
}

function nearest({ words }: Entry, query: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (const word of words.split(' '))
    if (word.length >= query.length - 1) best = Math.min(best, distance(query, word.slice(0, query.length)));
  return best;
}

function swap(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}

/** Without case and accents. */
function normalised(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
}
