import { vaultActions } from '../../src/orchestrator/actions/vault/vault.actions.js';
import { VaultClient, VaultDoor } from '../../src/secrets/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { VaultServer } from '../fakes/vault-server.js';

const OWN = { mount: 'secret', prefix: 'quartermaster' };

describe('vault:*', () => {
  let vault: VaultServer;
  let client: VaultClient;
  let secrets: SecretsInMemory;
  beforeEach(async () => {
    vault = await VaultServer.start();
    client = new VaultClient({ address: vault.address, login: { method: 'token', token: vault.rootToken } });
    secrets = new SecretsInMemory();
  });
  afterEach(async () => {
    client.close();
    await vault.stop();
  });
  const bench = (id: string, door: VaultDoor | null = new VaultDoor(client, OWN)): ActionBench => {
    const action = vaultActions(door).find((one) => one.id === id);
    if (action === undefined) throw new Error(`There is no ${id}.`);
    return new ActionBench(action, secrets);
  };

  describe('vault:policy', () => {
    const input = { name: 'orders-read', rules: [{ path: 'secret/data/orders/*', capabilities: ['read', 'list'] }] };

    it('is written from rules, found again by its key, drifts visibly, and goes', async () => {
      const one = bench('vault:policy');
      expect(await one.plan(input)).toMatchObject({ kind: 'create', details: ['read, list on secret/data/orders/*'] });
      const made = await one.apply(input);
      expect(await one.apply(input)).toEqual(made);
      expect(vault.policies.get('orders-read')).toContain(
        'path "secret/data/orders/*" {\n  capabilities = ["read", "list"]',
      );
      expect(vault.policies.get('orders-read')).toContain(
        '\n# resource=res-test team=payments environment=development',
      );
      expect(await one.plan(input)).toMatchObject({ kind: 'cannot' });
      await expect(one.apply(input, 'other')).rejects.toThrow('not ours');
      vault.policies.set('orders-read', `${vault.policies.get('orders-read')}\n# more`);
      expect(await one.read(made.state)).toEqual({ exists: true, detail: expect.stringContaining('differs') });
      await one.destroy(made.state);
      await one.destroy(made.state);
      expect(vault.policies.size).toBe(0);
    });

    it.each(['sys/policies/acl/root', 'auth/token/create', '*', '+/data/x', 'secret/data/"} path "sys/*', 'secret'])(
      'never gives rights on %s',
      (path) => {
        const wrong = { ...input, rules: [{ path, capabilities: ['read'] }] };
        expect(bench('vault:policy').problems(wrong)).toEqual(['rules.0.path']);
      },
    );

    it('refuses names and capabilities that are not for it', () => {
      const wrong = { name: 'root', rules: [{ path: 'secret/data/x', capabilities: ['sudo'] }] };
      expect(bench('vault:policy').problems(wrong)).toEqual(['name', 'rules.0.capabilities.0']);
    });
  });

  describe('vault:kv', () => {
    const ready = async () => {
      const ref = await secrets.put('db', { url: 'postgres://a:hidden-value@h/d' }, { idempotencyKey: 'db' });
      return { path: ['orders', 'database'], values: { region: 'eu' }, secrets: { url: { ref, field: 'url' } } };
    };

    it('copies a secret to where applications read it, once, and takes it away', async () => {
      const [one, input] = [bench('vault:kv'), await ready()];
      expect(await one.plan(input)).toMatchObject({ kind: 'create', summary: 'Secret secret/orders/database' });
      const made = await one.apply(input);
      expect(await one.apply(input)).toEqual(made);
      expect(vault.versionsOf('orders/database')).toEqual([{ region: 'eu', url: 'postgres://a:hidden-value@h/d' }]);
      expect(JSON.stringify([made, one.reported])).not.toContain('hidden-value');
      expect(await client.call('GET', '/secret/metadata/orders/database')).toMatchObject({
        data: { custom_metadata: { quartermaster: 'key-1', 'quartermaster-team': 'payments' } },
      });
      vault.write('orders/database', { region: 'us' });
      expect(await one.read(made.state)).toEqual({ exists: true, detail: expect.stringContaining('differs') });
      await one.destroy(made.state);
      await one.destroy(made.state);
      expect(vault.versionsOf('orders/database')).toEqual([]);
    });

    it('goes on from where an attempt died that had left its note and no data', async () => {
      const [one, input] = [bench('vault:kv'), await ready()];
      await client.call('POST', '/secret/metadata/orders/database', { custom_metadata: { quartermaster: 'key-1' } });
      await one.apply(input);
      expect(vault.versionsOf('orders/database')).toHaveLength(1);
    });

    it('leaves foreign secrets and our own store alone', async () => {
      const [one, input] = [bench('vault:kv'), await ready()];
      vault.write('orders/database', { theirs: 'x' });
      expect(await one.plan(input)).toMatchObject({ kind: 'cannot' });
      await expect(one.apply(input)).rejects.toThrow('not ours');
      await one.destroy(await one.intend(input));
      expect(vault.versionsOf('orders/database')).toEqual([{ theirs: 'x' }]);
      const ours = { ...input, path: ['quartermaster', 'postgres'] };
      expect(await one.plan(ours)).toEqual({ kind: 'cannot', summary: expect.stringContaining('own secrets') });
      await expect(one.apply(ours, 'k')).rejects.toThrow('own secrets');
      expect(one.problems({ ...input, path: ['..', 'x'] })).toEqual(['path.0']);
    });

    it('says that there is no Vault, that it is not allowed, and waits for one that is sealed', async () => {
      const input = await ready();
      expect(await bench('vault:kv', new VaultDoor(null, null)).plan(input)).toEqual({
        kind: 'cannot',
        summary: expect.stringContaining('VAULT_ADDR'),
      });
      vault.nextAnswers.push({ status: 403, body: { errors: ['permission denied'] } });
      expect(await bench('vault:kv').plan(input)).toEqual({ kind: 'cannot', summary: expect.stringContaining('403') });
      vault.sealed = true;
      await expect(bench('vault:kv').apply(input)).rejects.toMatchObject({ code: 'secrets.store_unavailable' });
    });
  });

  it('vault:secret generates once and keeps what it generated', async () => {
    const one = bench('vault:secret', null);
    const ref = await secrets.put('other', { user: 'ada' }, { idempotencyKey: 'other' });
    const input = {
      name: 'webhook',
      generate: { token: { length: 40 }, salt: { kind: 'hex', length: 16 } },
      values: { url: 'https://example.org' },
      copy: { user: { ref, field: 'user' } },
    };
    expect(await one.plan(input)).toMatchObject({
      kind: 'create',
      summary: expect.stringContaining('salt, token, url, user'),
    });
    const made = await one.apply(input);
    expect(await one.apply(input)).toEqual(made);
    const data = await secrets.get(String(made.output.secretRef));
    expect(data).toMatchObject({
      url: 'https://example.org',
      user: 'ada',
      salt: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(data.token).toMatch(/^[a-zA-Z2-9]{40}$/);
    expect(await one.read(made.state)).toMatchObject({ exists: true });
    await one.destroy(made.state);
    await one.destroy(made.state);
    expect(await one.read(made.state)).toMatchObject({ exists: false });
    expect(one.problems({ name: 'x' })).toEqual(['']);
    expect(one.problems({ ...input, values: { token: 'twice' } })).toEqual(['']);
    expect(one.problems({ ...input, generate: { token: { length: 3 } } })).toEqual(['generate.token.length']);
  });
});
