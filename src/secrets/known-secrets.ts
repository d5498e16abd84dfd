import { formsOf } from './secret-forms.js';

const MINIMUM_LENGTH = 6;
const MAXIMUM_KNOWN = 5_000;
const MAXIMUM_AGE_MILLISECONDS = 24 * 3600 * 1000;
const PREFIX = 6;
/** `postgres`, `password`: as a value to hide everywhere, a plain word would blind every text. Shapes still hide it where it stands as a password. */
const PLAIN_WORD = /^[a-z]{1,11}$/i;

export interface Range {
  start: number;
  end: number;
}

interface Known {
  forms: readonly string[];
  touched: number;
}

/**
 * The exact values in play, in every form in which they could leave. Held in this process's memory only: what was not touched
 * for a day is forgotten, and of more than {@link MAXIMUM_KNOWN} the oldest. The process's own credentials are never forgotten.
 */
export class KnownSecrets {
  private readonly forGood = new Set<string>();
  private readonly byValue = new Map<string, Known>();
  private readonly byPrefix = new Map<string, Set<string>>();

  constructor(private readonly now: () => number = Date.now) {}

  remember(value: string, options: { forGood?: boolean } = {}): void {
    if (value.length < MINIMUM_LENGTH || PLAIN_WORD.test(value) || this.forGood.has(value)) return;
    const known = this.byValue.get(value);
    const forms = known?.forms ?? formsOf(value).filter((form) => form.length >= MINIMUM_LENGTH);
    if (known === undefined) this.index(forms);
    // Touched again: the youngest now.
    this.byValue.delete(value);
    if (options.forGood === true) this.forGood.add(value);
    else this.byValue.set(value, { forms, touched: this.now() });
    this.forgetOld();
  }

  /** Where any form of any known value stands in the text. One pass, whatever the number of secrets. */
  find(text: string): Range[] {
    const found: Range[] = [];
    if (this.byPrefix.size === 0) return found;
    for (let start = 0; start + PREFIX <= text.length; start += 1) {
      const bucket = this.byPrefix.get(text.slice(start, start + PREFIX));
      if (bucket === undefined) continue;
      for (const form of bucket) if (text.startsWith(form, start)) found.push({ start, end: start + form.length });
    }
    return found;
  }

  private index(forms: readonly string[]): void {
    for (const form of forms) {
      const prefix = form.slice(0, PREFIX);
      const bucket = this.byPrefix.get(prefix) ?? new Set<string>();
      this.byPrefix.set(prefix, bucket.add(form));
    }
  }

  /** The map is in the order of touching, so it is enough to look at its start. */
  private forgetOld(): void {
    const youngEnough = this.now() - MAXIMUM_AGE_MILLISECONDS;
    for (const [value, { forms, touched }] of this.byValue) {
      if (touched >= youngEnough && this.byValue.size <= MAXIMUM_KNOWN) return;
      this.byValue.delete(value);
      this.unindex(forms);
    }
  }

  private unindex(forms: readonly string[]): void {
    for (const form of forms) {
      const prefix = form.slice(0, PREFIX);
      const bucket = this.byPrefix.get(prefix);
      bucket?.delete(form);
      if (bucket?.size === 0) this.byPrefix.delete(prefix);
    }
  }
}
