import { Redactor, VaultClient, VaultSecretStore } from '../../src/secrets/index.js';
import { VaultServer } from '../fakes/vault-server.js';

describe('the Vault secret store', () => {
  const before = { ...process.env };
  afterEach(() => {
    for (const name of ['VAULT_TOKEN', 'VAULT_NAMESPACE', 'VAULT_PREFIX']) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  });

  it('takes nothing from the environment that it was not given', async () => {
    Object.assign(process.env, { VAULT_TOKEN: 'of-somebody', VAULT_NAMESPACE: 'theirs', VAULT_PREFIX: '/theirs' });
    const vault = await VaultServer.start();
    const login = { method: 'approle', roleId: vault.roleId, secretId: vault.secretId } as const;
    const client = new VaultClient({ address: vault.address, login });
    const options = { mount: 'secret', prefix: 'quartermaster', address: vault.address };
    const store = new VaultSecretStore(client, options, new Redactor());
    try {
      const ref = await store.put('a/b', { password: 'moon-moon' }, { idempotencyKey: 'k1' });
      expect(await store.get(ref)).toEqual({ password: 'moon-moon' });
      expect(await store.health()).toEqual({ ok: true, detail: 'Vault' });
    } finally {
      store.onApplicationShutdown();
      await vault.stop();
    }
    expect(vault.requests.filter(({ token, namespace }) => token === 'of-somebody' || namespace !== undefined)).toEqual(
      [],
    );
    expect(vault.requests.filter(({ path }) => path.includes('theirs'))).toEqual([]);
  });
});
