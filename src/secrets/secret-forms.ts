/** A value as it is, base64 (at any place in what was encoded), base64url, URL-, JSON-, hex- and Slack-escaped. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const json = JSON.stringify(value).slice(1, -1);
  const url = encoded(value);
  const hex = bytes.toString('hex');
  const base64 = alignedBase64(bytes);
  return [
    ...new Set([
      value,
      value.normalize('NFKC'),
      json,
      JSON.stringify(json).slice(1, -1),
      url,
      url.replaceAll('%20', '+'),
      url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      hex,
      hex.toUpperCase(),
      ...base64,
      ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ];
}

/** `encodeURIComponent` throws on half a surrogate pair, which a value from outside may hold. */
function encoded(value: string): string {
  return encodeURIComponent(Buffer.from(value, 'utf8').toString('utf8'));
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
