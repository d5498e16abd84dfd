import type { Range } from './known-secrets.js';

const INVISIBLE = /[\u00AD\u034F\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFE00-\uFE0F\uFEFF]/;
const ENTITY = /&(?:lt|gt|amp|quot|apos|#\d{1,6}|#x[0-9a-f]{1,5});/iy;
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const PERCENT = /(?:%[0-9a-f]{2})+/iy;
const UNICODE_ESCAPE = /\\u([0-9a-f]{4})/iy;
const BREAK = /[\r\n]+[ \t]*/y;
const ESCAPED_BREAK = /(?:\\[rn])+[ \t]*/y;
const ESCAPED_BACKSLASH = /\\\\/y;

/** As a reader sees it · one level of percent and `\u0041` escapes undone · line breaks and their indentation gone · those written `\n` gone. */
export type View = 'reader' | 'decoded' | 'joined' | 'joined-escapes';

/** A text in one of its {@link View}s (always NFKC, invisible characters gone, entities resolved), and the way back to the original. */
export class NormalisedText {
  private readonly characters: string[] = [];
  /** Start in the original of each character, and the original's length at the end. */
  private readonly origins: number[] = [];
  readonly text: string;

  constructor(original: string, view: View) {
    for (let at = 0; at < original.length; ) at += this.take(original, at, view);
    this.origins.push(original.length);
    this.text = this.characters.join('');
  }

  /** A range of the normalised text, in the original. */
  original({ start, end }: Range): Range {
    return { start: this.origins[start] ?? 0, end: this.origins[end] ?? this.origins.at(-1) ?? 0 };
  }

  /** Reads one unit at the place and answers how long it is in the original. */
  private take(original: string, at: number, view: View): number {
    const code = original.charCodeAt(at);
    const special = specialLength(original, at, code, view);
    if (special !== null) {
      this.push(special.text, at);
      return special.length;
    }
    if (code < 0x80) {
      this.push(original.charAt(at), at);
      return 1;
    }
    const character = String.fromCodePoint(original.codePointAt(at) ?? 0);
    if (!INVISIBLE.test(character)) this.push(character.normalize('NFKC'), at);
    return character.length;
  }

  private push(text: string, origin: number): void {
    for (let index = 0; index < text.length; index += 1) {
      this.characters.push(text.charAt(index));
      this.origins.push(origin);
    }
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const AMPERSAND = 38;
const PER_CENT = 37;
const BACKSLASH = 92;

function specialLength(
  original: string,
  at: number,
  code: number,
  view: View,
): { text: string; length: number } | null {
  if (code === AMPERSAND) return replaced(ENTITY, original, at, (entity) => resolved(entity.slice(1, -1)));
  if (view === 'joined' && (code === LINE_FEED || code === CARRIAGE_RETURN))
    return replaced(BREAK, original, at, () => '');
  if (view === 'joined-escapes' && code === BACKSLASH) {
    const backslash = replaced(ESCAPED_BACKSLASH, original, at, (pair) => pair);
    return backslash ?? replaced(ESCAPED_BREAK, original, at, () => '');
  }
  if (view === 'decoded' && code === PER_CENT) {
    return replaced(PERCENT, original, at, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
  }
  if (view === 'decoded' && code === BACKSLASH) {
    return replaced(UNICODE_ESCAPE, original, at, (escape) =>
      String.fromCharCode(Number.parseInt(escape.slice(2), 16)),
    );
  }
  return null;
}

function replaced(pattern: RegExp, original: string, at: number, by: (found: string) => string) {
  pattern.lastIndex = at;
  const found = pattern.exec(original)?.[0];
  return found === undefined ? null : { text: by(found), length: found.length };
}

function resolved(name: string): string {
  const lower = name.toLowerCase();
  if (!lower.startsWith('#')) return NAMED[lower] ?? '';
  const code = lower.startsWith('#x') ? Number.parseInt(lower.slice(2), 16) : Number(lower.slice(1));
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '';
}
