import type { Range } from './known-secrets.js';

const INVISIBLE = /[\u00AD\u034F\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFE00-\uFE0F\uFEFF]/;
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'" };

/** A text as a reader would see it (NFKC, invisible characters gone, entities resolved), and the way back to the original. */
export class NormalisedText {
  private constructor(
    readonly text: string,
    /** Start in the original of each character of {@link text}, and the original's length at the end. */
    private readonly origins: readonly number[],
  ) {}

  static of(original: string, options: { dropLineBreaks?: boolean } = {}): NormalisedText {
    const characters: string[] = [];
    const origins: number[] = [];
    const push = (text: string, origin: number): void => {
      for (const unit of text.split('')) {
        characters.push(unit);
        origins.push(origin);
      }
    };
    for (let at = 0; at < original.length; ) {
      const entity =
        original[at] === '&' ? Object.keys(ENTITIES).find((name) => original.startsWith(name, at)) : undefined;
      const character = String.fromCodePoint(original.codePointAt(at) ?? 0);
      if (entity !== undefined) push(ENTITIES[entity] ?? '', at);
      else if (!INVISIBLE.test(character) && !(options.dropLineBreaks === true && /[\r\n]/.test(character)))
        push(character.normalize('NFKC'), at);
      at += entity?.length ?? character.length;
    }
    origins.push(original.length);
    return new NormalisedText(characters.join(''), origins);
  }

  /** A range of the normalised text, in the original. */
  original({ start, end }: Range): Range {
    return { start: this.origins[start] ?? 0, end: this.origins[end] ?? this.origins.at(-1) ?? 0 };
  }
}
