import { inspect } from 'node:util';
import { VaultServer } from '../../test/fakes/vault-server.js';
import { Redactor } from './redactor.js';
import { SecretNotFound, SecretPathRefused, SecretStoreUnavailable } from './secret-store.js';
import { VaultClient, type VaultClientOptions } from './vault-client.js';
import { VaultSecretStore } from './vault-secret-store.js';

const PATH = 'requests/req-1/database';
const KEPT = `quartermaster/${PATH}`;
const DATA = { host: 'db', username: 'app', password: 'Zx93-kQpLw02-mNvB7' };

describe('the Vault secret store', () => {
  let vault: VaultServer;
  let redactor: Redactor;
  let clients: VaultClient[];
  let due: { work: () => void; seconds: number }[];

  beforeEach(async () => {
    vault = await VaultServer.start();
    redactor = new Redactor();
    clients = [];
    due = [];
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await vault.stop();
  });

  function open(given: Partial<VaultClientOptions> = {}): VaultSecretStore {
    const client = new VaultClient({
      address: vault.address,
      login: { method: 'approle', roleId: vault.roleId, secretId: vault.secretId },
      schedule: (work, seconds) => {
        due.push({ work, seconds });
        return () => undefined;
      },
      ...given,
    });
    clients.push(client);
    return new VaultSecretStore(client, { mount: 'secret', prefix: 'quartermaster', address: vault.address }, redactor);
  }

  const requestsTo = (path: string) => vault.requests.filter((request) => request.path === `/v1/${path}`);
  const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  it('keeps, reads and removes', async () => {
    const store = open();
    const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    expect(ref).toBe(`kv:${PATH}#1`);
    expect(await store.get(ref)).toEqual(DATA);
    await store.remove(ref);
    await expect(store.get(ref)).rejects.toThrow(SecretNotFound);
    await store.remove(ref);
  });

  it('keeps the first data of an idempotency key, and answers its reference', async () => {
    const store = open();
    const first = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    expect(await store.put(PATH, { password: 'another' }, { idempotencyKey: 'k1' })).toBe(first);
    expect(vault.versionsOf(KEPT)).toHaveLength(1);
    expect(await store.put(PATH, { password: 'another' }, { idempotencyKey: 'k2' })).toBe(`kv:${PATH}#2`);
    expect(await store.get(first)).toEqual(DATA);
  });

  it('writes after a rival who came in between, hiding nobody’s version', async () => {
    const store = open();
    vault.beforeNextWrite = () => vault.write(KEPT, { password: 'of a rival', __idempotency_key: 'other' });
    expect(await store.put(PATH, DATA, { idempotencyKey: 'k1' })).toBe(`kv:${PATH}#2`);
    expect(vault.versionsOf(KEPT)).toHaveLength(2);
  });

  it('finds its own write when the answer got lost', async () => {
    const store = open();
    vault.beforeNextWrite = () => vault.write(KEPT, { ...DATA, __idempotency_key: 'k1' });
    expect(await store.put(PATH, DATA, { idempotencyKey: 'k1' })).toBe(`kv:${PATH}#1`);
    expect(vault.versionsOf(KEPT)).toHaveLength(1);
  });

  it('writes on after a version that somebody deleted', async () => {
    const store = open();
    await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    vault.softDelete(KEPT);
    await expect(store.get(`kv:${PATH}#1`)).rejects.toThrow(SecretNotFound);
    expect(await store.put(PATH, DATA, { idempotencyKey: 'k2' })).toBe(`kv:${PATH}#2`);
  });

  it.each(['../sys/seal', 'a/../../sys', 'a//b', '/a', 'a/.', 'a?b', 'a#b', 'a%2e%2e/b', 'a b', ''])(
    'refuses the path %j before it is used',
    async (path) => {
      const store = open();
      await expect(store.put(path, DATA, { idempotencyKey: 'k1' })).rejects.toThrow(SecretPathRefused);
      expect(vault.requests).toEqual([]);
    },
  );

  it('makes every value it touches known to the redactor, and its wrapping tokens too', async () => {
    const store = open();
    const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    expect(redactor.text(`${DATA.password} on ${DATA.host}`)).toBe('[redacted] on db');
    const { token } = await store.wrap(ref, 600);
    expect(redactor.text(token)).toBe('[redacted]');
  });

  it('wraps for one unwrapping within the time given', async () => {
    const store = open();
    const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
    const unwrap = async (token: string) =>
      (await fetch(`${vault.address}/v1/sys/wrapping/unwrap`, { method: 'POST', headers: { 'x-vault-token': token } }))
        .status;
    const first = await store.wrap(ref, 600);
    expect(first.command).toBe(`VAULT_ADDR=${vault.address} vault unwrap -format=json ${first.token}`);
    expect([await unwrap(first.token), await unwrap(first.token)]).toEqual([200, 400]);
    const late = await store.wrap(ref, 600);
    vault.advance(600);
    expect(await unwrap(late.token)).toBe(400);
  });

  describe('logging in', () => {
    it('logs in once for many calls at a time', async () => {
      const store = open();
      await Promise.all(Array.from({ length: 8 }, (_, n) => store.put(`a/${n}`, DATA, { idempotencyKey: `${n}` })));
      expect(requestsTo('auth/approle/login')).toHaveLength(1);
    });

    it('logs in once more when its token was revoked, and repeats the call', async () => {
      const store = open();
      const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
      vault.revokeAll();
      expect(await store.get(ref)).toEqual(DATA);
      expect(requestsTo('auth/approle/login')).toHaveLength(2);
    });

    it('gives up after one more login', async () => {
      const store = open();
      const ref = await store.put(PATH, DATA, { idempotencyKey: 'k1' });
      const denied = { status: 403, body: { errors: ['permission denied'] } };
      const logins = requestsTo('auth/approle/login').length;
      vault.nextAnswers.push(denied);
      vault.tokenTtlSeconds = 0;
      await expect(store.get(ref)).rejects.toThrow(SecretStoreUnavailable);
      expect(requestsTo('auth/approle/login')).toHaveLength(logins + 1);
    });

    it('uses the given token', async () => {
      await open({ login: { method: 'token', token: vault.rootToken } }).put(PATH, DATA, { idempotencyKey: 'k1' });
      expect(new Set(vault.requests.map(({ token }) => token))).toEqual(new Set([vault.rootToken]));
    });

    it('renews with a capped delay at long lives, and goes on after failures', async () => {
      vault.tokenTtlSeconds = 768 * 3600;
      const store = open();
      await store.put(PATH, DATA, { idempotencyKey: 'k1' });
      expect(due.map(({ seconds }) => seconds)).toEqual([6 * 3600]);
      vault.sealed = true;
      due[0]!.work();
      await until(() => due.length === 2);
      expect(due[1]!.seconds).toBe(30);
      vault.sealed = false;
      due[1]!.work();
      await until(() => due.length === 3);
      expect(due[2]!.seconds).toBe(6 * 3600);
    });

    it('logs in anew when the token’s last lease is too short to renew', async () => {
      vault.tokenTtlSeconds = 100;
      vault.tokenMaxTtlSeconds = 100;
      const store = open();
      await store.put(PATH, DATA, { idempotencyKey: 'k1' });
      vault.advance(95);
      due[0]!.work();
      await until(() => requestsTo('auth/approle/login').length === 2 && due.length === 2);
      expect(due[1]!.seconds).toBe(70);
    });

    it('keeps a given token of the renewable kind alive', async () => {
      const token = vault.issueToken(3600, true);
      const store = open({ login: { method: 'token', token } });
      await store.put(PATH, DATA, { idempotencyKey: 'k1' });
      due[0]!.work();
      await until(() => due.length === 2);
      expect(due[1]!.seconds).toBe(2520);
    });
  });

  describe('in trouble', () => {
    it('says that Vault is sealed', async () => {
      const store = open();
      vault.sealed = true;
      await expect(store.put(PATH, DATA, { idempotencyKey: 'k1' })).rejects.toThrow(/is sealed/);
    });

    it('never follows a redirect', async () => {
      const elsewhere = await VaultServer.start();
      const store = open({ login: { method: 'token', token: vault.rootToken } });
      vault.redirectTo = elsewhere.address;
      await expect(store.put(PATH, DATA, { idempotencyKey: 'k1' })).rejects.toThrow(/another address/);
      expect(elsewhere.requests).toEqual([]);
      await elsewhere.stop();
    });

    it.each([
      ['hangs', () => (vault.hangs = true)],
      ['is gone', () => vault.stop()],
      ['answers something else', () => vault.nextAnswers.push({ status: 200, body: '<html>' })],
      ['denies', () => vault.nextAnswers.push({ status: 403, body: { errors: [DATA.password] } })],
      ['fails', () => vault.nextAnswers.push({ status: 500, body: { errors: [DATA.password] } })],
    ])('throws an error that holds neither token nor value when Vault %s', async (_name, cause) => {
      const store = open({ login: { method: 'token', token: vault.rootToken }, timeoutMilliseconds: 150 });
      await cause();
      const error = await thrownBy(store.put(PATH, DATA, { idempotencyKey: 'k1' }));
      expect(error).toBeInstanceOf(SecretStoreUnavailable);
      const everything = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      expect(everything).not.toContain(vault.rootToken);
      expect(everything).not.toContain(DATA.password);
    });

    it.each([
      ['Vault is sealed', () => (vault.sealed = true)],
      ['Vault is not initialised', () => (vault.initialized = false)],
      ['Vault does not answer', () => vault.stop()],
      ['Vault answers 403', () => vault.nextAnswers.push({ status: 200, body: healthy }, { status: 403 })],
    ])('reports in its health: %s', async (detail, cause) => {
      const store = open({ login: { method: 'token', token: vault.rootToken } });
      await cause();
      expect(await store.health()).toEqual({ ok: false, detail });
    });

    it('is healthy, on a standby too', async () => {
      const store = open();
      expect(await store.health()).toEqual({ ok: true, detail: 'Vault' });
      vault.standby = true;
      expect(await store.health()).toEqual({ ok: true, detail: 'Vault (standby)' });
    });
  });
});

const healthy = { initialized: true, sealed: false, standby: false };

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((wake) => setImmediate(wake));
}
