const MINIMUM_LENGTH = 6;
const MAXIMUM_KNOWN = 5_000;
const PREFIX = 6;

export interface Range {
  start: number;
  end: number;
}

/**
 * The exact values in play, in every form in which they could leave: as they are, base64 (any alignment), base64url, URL-,
 * JSON-, hex- and Slack-escaped. Held in this process's memory only, the oldest forgotten first.
 */
export class KnownSecrets {
  private readonly byValue = new Map<string, string[]>();
  private readonly byPrefix = new Map<string, Set<string>>();

  remember(value: string): void {
    if (value.length < MINIMUM_LENGTH) return;
    const known = this.byValue.get(value);
    if (known !== undefined) {
      // Touched again: the youngest now.
      this.byValue.delete(value);
      this.byValue.set(value, known);
      return;
    }
    const forms = [...new Set(formsOf(value))].filter((form) => form.length >= MINIMUM_LENGTH);
    this.byValue.set(value, forms);
    for (const form of forms) {
      const prefix = form.slice(0, PREFIX);
      const bucket = this.byPrefix.get(prefix) ?? new Set<string>();
      this.byPrefix.set(prefix, bucket.add(form));
    }
    if (this.byValue.size > MAXIMUM_KNOWN) this.forgetOldest();
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

  private forgetOldest(): void {
    const [oldest] = this.byValue;
    if (oldest === undefined) return;
    const [value, forms] = oldest;
    this.byValue.delete(value);
    for (const form of forms) {
      const prefix = form.slice(0, PREFIX);
      const bucket = this.byPrefix.get(prefix);
      bucket?.delete(form);
      if (bucket?.size === 0) this.byPrefix.delete(prefix);
    }
  }
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  return [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replaceAll('%20', '+'),
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...alignedBase64(bytes),
    ...alignedBase64(bytes).map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** Base64 looks different by the value's place in what was encoded: the characters that depend on its neighbours are cut off. */
function alignedBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = offset === 0 ? 0 : offset + 1;
    const wholeBits = Math.floor(((offset + bytes.length) * 8) / 6);
    return padded.slice(from, wholeBits);
  });
}
