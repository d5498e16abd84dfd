import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { KnownSecrets } from './known-secrets.js';
import { Redactor } from './redactor.js';

const percent = (value: string): string =>
  Buffer.from(value)
    .toString('hex')
    .replaceAll(/../g, (byte) => `%${byte}`);
const escaped = (value: string): string =>
  value.replaceAll(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const encodings: Record<string, (value: string) => string> = {
  plain: (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 inside more': (value) => Buffer.from(`user:${value}@host`).toString('base64'),
  'base64 in lines': (value) => Buffer.from(`user:${value}@host`).toString('base64').replaceAll(/.{16}/g, '$&\n'),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  url: (value) => encodeURIComponent(value),
  'percent, every byte': percent,
  json: (value) => JSON.stringify({ value }),
  'json in json': (value) => JSON.stringify(JSON.stringify({ value })),
  'json, every character escaped': escaped,
  hex: (value) => Buffer.from(value).toString('hex'),
  slack: (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'html, by number': (value) => value.replaceAll(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`),
  'split by a newline': (value) => `${value.slice(0, 5)}\n${value.slice(5)}`,
  'split and indented': (value) => `${value.slice(0, 5)}\r\n    ${value.slice(5)}`,
  'split, in json': (value) => JSON.stringify(`${value.slice(0, 5)}\n${value.slice(5)}`).slice(1, -1),
  'with zero-width characters': (value) => value.split('').join('\u200B'),
  'full-width': (value) => value.replaceAll(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
};

describe('the redactor', () => {
  const canary = fc
    .string({
      unit: fc.constantFrom(
        ...Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&/()=?+*~<>-_."\\ü'),
      ),
      minLength: 12,
      maxLength: 48,
    })
    .filter((value) => !/^[a-z]{1,11}$/i.test(value));
  const prose = fc.string({ unit: fc.constantFrom(...Array.from('abcdefghij klmnop .,')), maxLength: 80 });

  it.each(Object.entries(encodings))('never lets a known value through, %s', (_name, encode) => {
    fc.assert(
      fc.property(canary, prose, prose, (secret, before, after) => {
        const redactor = new Redactor();
        redactor.remember(secret);
        const code = encode(secret);
        const out = redactor.text(`${before} ${code} ${after}`);
        expect(out).not.toContain(code);
        expect(out).not.toContain(secret);
        expect(out.startsWith(before.slice(0, -1))).toBe(true);
        expect(out.endsWith(after.slice(1))).toBe(true);
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
    ['a bare token assignment', 'token=Zx93kQpLw02mNvB7yT41'],
    ['a field of JSON', '{"client_secret": "correct horse"}'.replace(' horse', '')],
    ['a Vault token', 'hvs.CAESIJlU02LQZq1FZqkFZ0123456789abcdef'],
    ['a JWT', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'aB3_'.repeat(10)}`],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----`],
    ['a private key cut off', `-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(64)}\n${'B'.repeat(30)}`],
    ['a random word after a telling one', 'the deploy key is Zx93kQpLw02mNvB7yT41'],
    ['a token in base64', Buffer.from(`login with ghp_${'a1B2'.repeat(9)} please`).toString('base64')],
  ])('hides %s that nobody registered', (_name, text) => {
    const out = new Redactor().text(`before ${text} after`);
    expect(out).toMatch(/^before .*\[redacted\].*after$/s);
    const hidden = text.split(/[\s:=@/"]+/).filter((part) => part.length > 13 && !part.includes('-----'));
    for (const part of hidden) expect(out).not.toContain(part);
  });

  it.each([
    'Request req-7k3m9q2x of postgres-database is ready; Lea approved it at 12:04. The password is in the store.',
    'The password: ask Lea. The token: optional.',
    'password=${PASSWORD} token=<your-token> secret: string',
    'session 7d444840-9dc0-11d1-b245-5ffdce74fad2 of key-rotation-2048 ended in /var/lib/keys/2026/rotation_log',
    'integrity check of the key: sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg==',
    'credentials are at kv:requests/req-7k3m9q2x/database#3',
  ])('leaves alone: %s', (line) => {
    expect(new Redactor().text(line)).toBe(line);
  });

  it('leaves digests of our own making alone', () => {
    const redactor = new Redactor();
    const digest = `sha256:${randomBytes(32).toString('hex')}`;
    expect(redactor.value({ planDigest: digest })).toEqual({ planDigest: digest });
  });

  it('does not blind every text for the sake of a password that is a plain word', () => {
    const redactor = new Redactor();
    redactor.remember('postgres');
    expect(redactor.text('postgres-database is ready')).toBe('postgres-database is ready');
    expect(redactor.text('postgres://postgres:postgres@db/app')).toBe('postgres://postgres:[redacted]@db/app');
  });
});

describe('the redactor, walking a value', () => {
  it('hides keys and values', () => {
    const redactor = new Redactor();
    redactor.remember('hunter2-hunter2');
    const out = JSON.stringify(
      redactor.value({
        'hunter2-hunter2': ['x', { deep: 'is hunter2-hunter2!' }],
        error: new Error('hunter2-hunter2'),
        map: new Map([['a', 'hunter2-hunter2']]),
      }),
    );
    expect(out).not.toContain('hunter2');
  });

  it('hides what a field says is a secret, and leaves references and flags', () => {
    const given = { password: 'moon', apiKey: 'moon', secret: 'kv:a/b#1', token: true, note: 'moon', empty: '' };
    expect(new Redactor().value(given)).toEqual({ ...given, password: '[redacted]', apiKey: '[redacted]' });
  });

  it('leaves bytes out', () => {
    expect(new Redactor().value({ body: Buffer.from('hunter2') })).toEqual({ body: '[7 bytes]' });
  });

  it('ends on circles and on trees without end', () => {
    const circle: Record<string, unknown> = {};
    for (let index = 0; index < 20; index += 1) circle[`branch${index}`] = circle;
    expect(JSON.stringify(new Redactor().value(circle))).toContain('[too deep to show]');
  });

  it('withholds what it fails on', () => {
    const trap = Object.defineProperty({}, 'password', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(new Redactor().value(trap)).toBe('[withheld: the redactor failed]');
    const broken = new KnownSecrets();
    broken.find = () => {
      throw new Error('no');
    };
    expect(new Redactor(broken).text('hello there')).toBe('[withheld: the redactor failed]');
    expect(new Redactor().text('a'.repeat(300_000))).toBe('[withheld: too long to check]');
  });
});

describe('known secrets', () => {
  const hour = 3600 * 1000;

  it('are forgotten a day after they were last touched, those for good never', () => {
    let now = 0;
    const redactor = new Redactor(new KnownSecrets(() => now));
    redactor.rememberForGood('own-credential-1');
    redactor.remember('value-in-play-1');
    now = 23 * hour;
    redactor.remember('value-in-play-1');
    now = 46 * hour;
    redactor.remember('value-in-play-2');
    expect(redactor.text('value-in-play-1')).toBe('[redacted]');
    now = 48 * hour;
    redactor.remember('value-in-play-3');
    expect(redactor.text('value-in-play-1 value-in-play-2')).toBe('value-in-play-1 [redacted]');
    expect(redactor.text('own-credential-1')).toBe('[redacted]');
  });

  it('are bounded in number: the oldest goes first', () => {
    const redactor = new Redactor(new KnownSecrets(() => 0));
    redactor.rememberForGood('own-credential-1');
    for (let index = 0; index < 5_001; index += 1) redactor.remember(`value-in-play-${index}-`);
    expect(redactor.text('value-in-play-0-')).toBe('value-in-play-0-');
    expect(redactor.text('value-in-play-1- own-credential-1')).toBe('[redacted] [redacted]');
  });

  it('hides a value in a text that was clean before it was known', () => {
    const redactor = new Redactor();
    expect(redactor.text('the word is tangerine-dream')).toBe('the word is tangerine-dream');
    redactor.remember('tangerine-dream');
    expect(redactor.text('the word is tangerine-dream')).not.toContain('tangerine');
  });
});
