import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Redactor } from './redactor.js';

const encodings: Record<string, (value: string) => string> = {
  plain: (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 inside more': (value) => Buffer.from(`user:${value}@host`).toString('base64'),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  url: (value) => encodeURIComponent(value),
  json: (value) => JSON.stringify({ value }),
  hex: (value) => Buffer.from(value).toString('hex'),
  slack: (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'split by newlines': (value) => `${value.slice(0, 5)}\n${value.slice(5)}`,
  'with zero-width characters': (value) => value.split('').join('\u200B'),
  'full-width': (value) => value.replaceAll(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
};

describe('the redactor', () => {
  const canary = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&/()=?+*~<>-_.'),
    minLength: 12,
    maxLength: 48,
  });
  const prose = fc.string({ unit: fc.constantFrom(...'abcdefghij klmnop .,'), maxLength: 80 });

  it.each(Object.entries(encodings))('never lets a known value through, %s', (_name, encode) => {
    fc.assert(
      fc.property(canary, prose, prose, (secret, before, after) => {
        const redactor = new Redactor();
        redactor.remember(secret);
        const encoded = encode(secret);
        const out = redactor.text(`${before} ${encoded} ${after}`);
        expect(out).not.toContain(encoded);
        expect(out).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a GitHub token', `ghp_${'a1B2'.repeat(9)}`],
    ['a Slack token', 'xoxb-1234567890-abcdefghij'],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE'],
    ['a connection string', 'postgres://app:s3cretpw@db:5432/app'],
    ['a header', 'Authorization: Bearer abc.def.ghi-123456'],
    ['an assignment', 'PGPASSWORD=correct-horse'],
    ['a Vault token', 'hvs.CAESIJlU02LQZq1FZqkFZ0123456789abcdef'],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----`],
  ])('hides %s that nobody registered', (_name, text) => {
    expect(new Redactor().text(`before ${text} after`)).toMatch(/before .*\[redacted\].* after/s);
    const hidden = text.split(/[\s:=@/]+/).at(-1) ?? '';
    if (hidden.length > 12) expect(new Redactor().text(text)).not.toContain(hidden);
  });

  it('leaves ids, digests and plain prose alone', () => {
    const redactor = new Redactor();
    const line =
      'Request req-7k3m9q2x of postgres-database is ready; Lea approved it at 12:04. The password is in the store.';
    expect(redactor.text(line)).toBe(line);
    const digest = `sha256:${randomBytes(32).toString('hex')}`;
    expect(redactor.value({ planDigest: digest })).toEqual({ planDigest: digest });
  });

  it('walks keys and values', () => {
    const redactor = new Redactor();
    redactor.remember('hunter2-hunter2');
    const out = JSON.stringify(
      redactor.value({
        'hunter2-hunter2': ['x', { deep: 'is hunter2-hunter2!' }],
        error: new Error('hunter2-hunter2'),
      }),
    );
    expect(out).not.toContain('hunter2');
  });
});
