import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  LocalSecretStore,
  Redactor,
  SecretDeliveries,
  SecretNotFound,
  SecretStore,
  SecretStoreUnavailable,
  SecretsModule,
} from '../../src/secrets/index.js';
import { loadMasterKey } from '../../src/secrets/master-key.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

const PATH = 'requests/req-1/database';
const DATA = { host: 'db', username: 'app', password: 'Zx93-kQpLw02-mNvB7' };

describe('the local secret store', () => {
  let database: TestDatabase;
  let store: LocalSecretStore;
  let redactor: Redactor;
  const masterKey = randomBytes(32);

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await database.transactions.query('truncate local_secrets');
    redactor = new Redactor();
    store = new LocalSecretStore(database.transactions, masterKey, redactor);
  });
  afterAll(() => database.drop());

  it('keeps versions, reads each, removes all', async () => {
    const first = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    const second = await store.put(PATH, { password: 'another-one' }, { idempotencyKey: 'k2' });
    expect([first, second]).toEqual([`kv:${PATH}#1`, `kv:${PATH}#2`]);
    expect(await store.get(first)).toEqual(DATA);
    expect(await store.get(second)).toEqual({ password: 'another-one' });
    await store.remove(first);
    await expect(store.get(second)).rejects.toThrow(SecretNotFound);
    await store.remove(first);
  });

  it('keeps the first data of an idempotency key, also when twenty come at once', async () => {
    const refs = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.put(PATH, { password: `value-${n}-x` }, { idempotencyKey: 'k1' })),
    );
    expect(new Set(refs)).toEqual(new Set([`kv:${PATH}#1`]));
    expect((await store.get(refs[0]!)).password).toMatch(/^value-\d+-x$/);
  });

  it('gives every version its own number when twenty come at once', async () => {
    const refs = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.put(PATH, DATA, { idempotencyKey: `k${n}` })),
    );
    expect(new Set(refs).size).toBe(20);
  });

  it('stores no value in a form that could be read', async () => {
    await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    const [row] = await database.transactions.query<{ sealed_data: Buffer; everything: string }>(
      'select sealed_data, local_secrets::text as everything from local_secrets',
    );
    expect(row?.sealed_data.includes(DATA.password)).toBe(false);
    expect(row?.everything).not.toContain(Buffer.from(DATA.password).toString('hex'));
  });

  it('opens no ciphertext that was moved to another place, or changed by a bit', async () => {
    const mine = await store.put('a/mine', { password: 'mine-mine' }, { idempotencyKey: 'k1' });
    const theirs = await store.put('a/theirs', { password: 'theirs-theirs' }, { idempotencyKey: 'k2' });
    await database.transactions.query(
      `update local_secrets set (sealed_key, sealed_data) = (select sealed_key, sealed_data from local_secrets where path = 'a/theirs') where path = 'a/mine'`,
    );
    await expect(store.get(mine)).rejects.toThrow(SecretStoreUnavailable);
    await database.transactions.query(
      `update local_secrets set sealed_data = set_byte(sealed_data, 30, get_byte(sealed_data, 30) # 1) where path = 'a/theirs'`,
    );
    await expect(store.get(theirs)).rejects.toThrow(SecretStoreUnavailable);
  });

  it('shows a wrong master key in its health, and in a sentence', async () => {
    const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    expect(await store.health()).toEqual({ ok: true, detail: 'local store' });
    const other = new LocalSecretStore(database.transactions, randomBytes(32), redactor);
    expect(await other.health()).toEqual({ ok: false, detail: 'the master key does not open what is stored' });
    await expect(other.get(ref)).rejects.toThrow(/its master key is another one/);
  });

  it('makes what it touches known to the redactor', async () => {
    const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    expect(redactor.text(`${DATA.password} on db`)).toBe('[redacted] on db');
    const fresh = new Redactor();
    await new LocalSecretStore(database.transactions, masterKey, fresh).get(ref);
    expect(fresh.text(DATA.password)).toBe('[redacted]');
  });

  it('comes with its module', () => {
    const module = SecretsModule.forRoot({ kind: 'local', key: { file: 'x' }, publicUrl: () => '' });
    expect(module.exports).toEqual(expect.arrayContaining([SecretStore, SecretDeliveries]));
  });
});

describe('the master key', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-key-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made at the first start, for its owner only, and stays', async () => {
    const file = join(folder, 'data/secrets.key');
    const key = await loadMasterKey({ file });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadMasterKey({ file })).toEqual(key);
    expect(await readFile(file, 'utf8')).toBe(`${key.toString('base64')}\n`);
  });

  it('is made once when two start at a time', async () => {
    const file = join(folder, 'secrets.key');
    const [one, other] = await Promise.all([loadMasterKey({ file }), loadMasterKey({ file })]);
    expect(one).toEqual(other);
  });

  it('is refused when others can read it, with what to do', async () => {
    const file = join(folder, 'secrets.key');
    await loadMasterKey({ file });
    await chmod(file, 0o640);
    await expect(loadMasterKey({ file })).rejects.toThrow(`run: chmod 600 ${file}`);
  });

  it('is refused when it is not 32 bytes', async () => {
    await expect(loadMasterKey({ base64: 'c2hvcnQ=', file: '' })).rejects.toThrow(/not 32 bytes in base64/);
  });
});
