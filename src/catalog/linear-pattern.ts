import { RE2JS } from 're2js';

/** A regular expression in time linear to its input, whatever the author wrote: no backtracking. */
export class LinearPattern {
  private readonly compiled: RE2JS;

  /** @throws when the pattern is invalid, or needs look-around or back-references. */
  constructor(private readonly source: string) {
    this.compiled = RE2JS.compile(source);
  }

  test(text: string): boolean {
    return this.compiled.matcher(text).find();
  }

  /** Ajv keys its compiled patterns by this text. */
  toString(): string {
    return `/${this.source}/`;
  }
}
