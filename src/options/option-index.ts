import { distance } from 'fastest-levenshtein';
import { LONGEST_VALUE, type Option } from './option.js';

interface Entry {
  readonly option: Option;
  readonly title: string;
  readonly value: string;
  /** Words with a space before each, so that ` wo` finds a word that begins with `wo`. */
  readonly words: string;
  /** Which letters there are, a bit for each. */
  readonly letters: number;
}

/** What was typed, prepared once for all entries. */
interface Query {
  readonly text: string;
  /** Its words, each with a space before it. */
  readonly words: readonly string[];
  readonly letters: number;
}

/** Of one source; what is beyond is left out, and said. */
export const MOST_KEPT = 20_000;
const LEAST_FOR_FUZZY = 3;
/** Whoever sees so many that are written as they typed did not mean others. */
const ENOUGH = 10;
const SHORT = 5;
const NO_WORD = /[^\p{L}\p{N}]+/u;

/** Options as they were loaded, ready to be searched while somebody types. */
export class OptionIndex {
  private readonly entries: readonly Entry[];
  private readonly byValue: ReadonlyMap<string, Option>;
  /** More were loaded than are kept. */
  readonly isCut: boolean;

  constructor(options: readonly Option[]) {
    const distinct = new Map<string, Option>();
    for (const option of options)
      if (option.value !== '' && option.value.length <= LONGEST_VALUE && !distinct.has(option.value))
        distinct.set(option.value, option);
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
    const query = queryOf(text);
    if (query.text === '') return answer(this.entries, most);
    const ranks: Entry[][] = [[], [], [], []];
    for (const entry of this.entries) ranks[rankOf(entry, query)]?.push(entry);
    const found = ranks.flat();
    if (found.length >= Math.min(most, ENOUGH) || query.text.length < LEAST_FOR_FUZZY) return answer(found, most);
    const known = new Set(found);
    return answer([...found, ...similar(this.entries, query).filter((entry) => !known.has(entry))], most);
  }
}

function answer(entries: readonly Entry[], most: number): { options: readonly Option[]; more: boolean } {
  return { options: entries.slice(0, most).map(({ option }) => option), more: entries.length > most };
}

function entryOf(option: Option): Entry {
  const [title, value] = [normalised(option.title), normalised(option.value)];
  const words = wordsOf(title === value ? title : `${title} ${value}`).join('');
  return { option, title, value, words, letters: lettersOf(words) };
}

function queryOf(typed: string): Query {
  const text = normalised(typed);
  return { text, words: wordsOf(text), letters: lettersOf(text) };
}

function wordsOf(text: string): string[] {
  return text
    .split(NO_WORD)
    .filter((word) => word !== '')
    .map((word) => ` ${word}`);
}

const NO_MATCH = 4;

/** 0: is it, 1: begins with it, 2: has words that do, 3: holds it. */
function rankOf({ title, value, words }: Entry, query: Query): number {
  const { text } = query;
  if (title.startsWith(text)) return title.length === text.length ? 0 : 1;
  if (value.startsWith(text)) return value.length === text.length ? 0 : 1;
  if (query.words.length > 0 && query.words.every((word) => words.includes(word))) return 2;
  return title.includes(text) || value.includes(text) ? 3 : NO_MATCH;
}

/** A letter or two wrong, or two letters the wrong way round. The more alike, the earlier. */
function similar(entries: readonly Entry[], { text, letters }: Query): Entry[] {
  const slips = text.length <= SHORT ? 1 : 2;
  const swapped = Array.from({ length: text.length - 1 }, (_, at) => ` ${swap(text, at)}`);
  const off = (entry: Entry): number => {
    const missing = countOf(letters & ~entry.letters);
    if (missing > slips) return missing;
    return missing === 0 && swapped.some((word) => entry.words.includes(word)) ? 1 : nearest(entry, text);
  };
  return entries
    .map((entry) => ({ entry, off: off(entry) }))
    .filter((one) => one.off <= slips)
    .sort((a, b) => a.off - b.off)
    .map(({ entry }) => entry);
}

function nearest({ words }: Entry, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (const word of words.split(' '))
    if (word.length >= text.length - 1) best = Math.min(best, distance(text, word.slice(0, text.length)));
  return best;
}

/** Letters that are far from each other in the alphabet never share a bit; other signs may. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let at = 0; at < text.length; at += 1) letters |= 1 << (text.charCodeAt(at) % 31);
  return letters;
}

function countOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

function swap(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}

/** Without case and accents. */
function normalised(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
}
