import { KnownSecrets, type Range } from './known-secrets.js';
import { NormalisedText, type View } from './normalised-text.js';
import { findShapes } from './secret-shapes.js';
import { findTokensNearTellingWords } from './telling-words.js';

const MASK = '[redacted]';
const WITHHELD = '[withheld: the redactor failed]';
const TOO_LONG = '[withheld: too long to check]';
const MAXIMUM_LENGTH = 262_144;
/** No secret worth the name is shorter, nor is any label with its value. */
const SHORTEST = 6;
const REMEMBERED_CLEAN = 2_000;
const LONGEST_CLEAN = 1_000;
const MAXIMUM_DEPTH = 12;
const MAXIMUM_NODES = 20_000;
const ENCODED = /[A-Za-z0-9+/_-]{24,4000}={0,2}/g;
const PRINTABLE = /^[\x20-\x7E\s]{12,}$/;
/** Fields that carry ids and digests of our own making; they are long and random-looking, and must stay readable. */
const OUR_OWN = /^(?:traceId|digest|hash|previousHash|planDigest|itemDigest|idempotencyKey)$/;
/** Fields whose name says that their text is a secret, whatever it looks like. */
const TELLING_FIELD =
  /(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie)$/i;
const REFERENCE = /^kv:[\w./-]+#\d+$/;

/**
 * The one guard on every way out: Slack, log, audit, error, metric. It hides the exact values in play in any encoding, and
 * what has the shape of a secret. If it fails, the text is withheld rather than let through.
 */
export class Redactor {
  /** Texts in which nothing was found, as long as no further secret is known: labels, keys and words repeat all the time. */
  private readonly clean = new Set<string>();

  constructor(private readonly known: KnownSecrets = new KnownSecrets()) {}

  /** Registers an exact value to hide from now on. Call it the moment a value is made or read; a day untouched, it is forgotten. */
  remember(secret: string): void {
    this.clean.clear();
    this.known.remember(secret);
  }

  /** Registers one of the process's own credentials: never forgotten. */
  rememberForGood(secret: string): void {
    this.clean.clear();
    this.known.remember(secret, { forGood: true });
  }

  text(original: string): string {
    if (original.length < SHORTEST || this.clean.has(original)) return original;
    if (original.length > MAXIMUM_LENGTH) return TOO_LONG;
    try {
      const ranges = this.ranges(original);
      if (ranges.length === 0) this.rememberClean(original);
      return masked(original, ranges);
    } catch {
      return WITHHELD;
    }
  }

  /** The same value with every string in it redacted: keys too, at most {@link MAXIMUM_DEPTH} levels deep. Bytes are left out. */
  value<T>(value: T): T {
    try {
      return this.walk(value, { depth: 0, budget: { nodes: MAXIMUM_NODES } }) as T;
    } catch {
      return WITHHELD as T;
    }
  }

  private rememberClean(text: string): void {
    if (text.length > LONGEST_CLEAN) return;
    if (this.clean.size >= REMEMBERED_CLEAN) this.clean.clear();
    this.clean.add(text);
  }

  private walk(value: unknown, at: { depth: number; budget: { nodes: number } }): unknown {
    at.budget.nodes -= 1;
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (at.depth >= MAXIMUM_DEPTH || at.budget.nodes <= 0) return '[too deep to show]';
    const below = { depth: at.depth + 1, budget: at.budget };
    if (Array.isArray(value)) return value.map((entry) => this.walk(entry, below));
    if (value instanceof Error) return this.text(value.message);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    if (value instanceof Map || value instanceof Set) return this.walk([...value], below);
    const entries = Object.entries(value).map(([key, entry]) => [this.text(key), this.field(key, entry, below)]);
    return Object.fromEntries(entries) as unknown;
  }

  private field(name: string, entry: unknown, at: { depth: number; budget: { nodes: number } }): unknown {
    if (typeof entry !== 'string') return this.walk(entry, at);
    if (OUR_OWN.test(name)) return masked(entry, this.known.find(entry));
    return TELLING_FIELD.test(name) && entry !== '' && !REFERENCE.test(entry) ? MASK : this.walk(entry, at);
  }

  private ranges(original: string): Range[] {
    const found = [...this.everything(original), ...this.insideEncoded(original)];
    for (const view of viewsOf(original)) {
      const seen = new NormalisedText(original, view);
      if (seen.text === original) continue;
      const inView = view.startsWith('joined') ? this.known.find(seen.text) : this.everything(seen.text);
      for (const range of inView) found.push(seen.original(range));
    }
    return found;
  }

  private everything(text: string): Range[] {
    return [...this.known.find(text), ...findShapes(text), ...findTokensNearTellingWords(text)];
  }

  /** One level of base64: a token that decodes to text with a secret in it is hidden whole. */
  private insideEncoded(original: string): Range[] {
    const found: Range[] = [];
    for (const match of original.matchAll(ENCODED)) {
      const decoded = Buffer.from(match[0].replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('latin1');
      if (!PRINTABLE.test(decoded)) continue;
      if (this.everything(decoded).length > 0) found.push({ start: match.index, end: match.index + match[0].length });
    }
    return found;
  }
}

/** Only the views in which the text could look different. */
function viewsOf(text: string): View[] {
  const views: View[] = [];
  if (/[^\0-\x7F]|&/.test(text)) views.push('reader');
  if (/%[0-9a-f]{2}|\\u/i.test(text)) views.push('decoded');
  if (/[\r\n]/.test(text)) views.push('joined');
  if (/\\[rn]/.test(text)) views.push('joined-escapes');
  return views;
}

function masked(original: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return original;
  let out = '';
  let from = 0;
  for (const { start, end } of merged(ranges)) {
    out += original.slice(from, start) + MASK;
    from = end;
  }
  return out + original.slice(from);
}

function merged(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else result.push({ ...range });
  }
  return result;
}
