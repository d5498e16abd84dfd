import { KnownSecrets, type Range } from './known-secrets.js';
import { NormalisedText } from './normalised-text.js';
import { findShapes } from './secret-shapes.js';

const MASK = '[redacted]';
const WITHHELD = '[withheld: the redactor failed]';
const MAXIMUM_DEPTH = 12;
const ENCODED = /[A-Za-z0-9+/_-]{24,4000}={0,2}/g;
/** Fields that carry ids and digests of our own making; they are long and random-looking, and must stay readable. */
const OUR_OWN = /^(?:traceId|digest|hash|previousHash|planDigest|itemDigest|idempotencyKey)$/;

/**
 * The one guard on every way out: Slack, log, audit, error, metric. It hides the exact values in play in any encoding, and
 * what has the shape of a secret. If it fails, the text is withheld rather than let through.
 */
export class Redactor {
  private readonly known = new KnownSecrets();

  /** Registers an exact value to hide from now on. Call it the moment a value is made or read. */
  remember(secret: string): void {
    this.known.remember(secret);
  }

  text(original: string): string {
    try {
      return this.mask(original, this.ranges(original));
    } catch {
      return WITHHELD;
    }
  }

  /** The same value with every string in it redacted: keys too, at most {@link MAXIMUM_DEPTH} levels deep. */
  value<T>(value: T): T {
    return this.walk(value, 0) as T;
  }

  private walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (depth >= MAXIMUM_DEPTH) return '[too deep to show]';
    if (Array.isArray(value)) return value.map((entry) => this.walk(entry, depth + 1));
    if (value instanceof Error) return this.text(value.message);
    const entries = Object.entries(value).map(([key, entry]) => [
      this.text(key),
      OUR_OWN.test(key) && typeof entry === 'string' ? this.exactOnly(entry) : this.walk(entry, depth + 1),
    ]);
    return Object.fromEntries(entries);
  }

  private exactOnly(text: string): string {
    return this.mask(text, this.known.find(text));
  }

  private ranges(original: string): Range[] {
    const found = [...this.known.find(original), ...findShapes(original)];
    const seen = NormalisedText.of(original);
    if (seen.text !== original) {
      for (const range of [...this.known.find(seen.text), ...findShapes(seen.text)]) found.push(seen.original(range));
    }
    if (/[\r\n]/.test(original)) {
      const joined = NormalisedText.of(original, { dropLineBreaks: true });
      for (const range of this.known.find(joined.text)) found.push(joined.original(range));
    }
    return [...found, ...this.insideEncoded(original)];
  }

  /** One level of base64: a token that decodes to text with a secret in it is hidden whole. */
  private insideEncoded(original: string): Range[] {
    const found: Range[] = [];
    for (const match of original.matchAll(ENCODED)) {
      const decoded = Buffer.from(match[0].replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('latin1');
      if (!/^[\x20-\x7E\s]{12,}$/.test(decoded)) continue;
      if (this.known.find(decoded).length + findShapes(decoded).length > 0)
        found.push({ start: match.index, end: match.index + match[0].length });
    }
    return found;
  }

  private mask(original: string, ranges: readonly Range[]): string {
    if (ranges.length === 0) return original;
    let out = '';
    let from = 0;
    for (const { start, end } of merged(ranges)) {
      out += original.slice(from, start) + MASK;
      from = end;
    }
    return out + original.slice(from);
  }
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
