import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterInMemory } from '../fakes/cluster-in-memory.js';
import { GrafanaServer } from '../fakes/grafana-server.js';
import { VaultServer } from '../fakes/vault-server.js';
import { writeKubeconfig } from './cluster-world.js';

const MOUNT = 'secret';

/** What a test environment is made of besides its database: a cluster, a Grafana, and a Vault that has the token for it. */
export class EnvironmentWorld {
  private readonly folder = mkdtempSync(join(tmpdir(), 'quartermaster-scenario-'));

  private constructor(
    readonly cluster: ClusterInMemory,
    readonly grafana: GrafanaServer,
    readonly vault: VaultServer,
  ) {}

  static async start(): Promise<EnvironmentWorld> {
    const world = new EnvironmentWorld(
      await ClusterInMemory.start(),
      await GrafanaServer.start(),
      await VaultServer.start(),
    );
    // As an operator would.
    const given = await fetch(`${world.vault.address}/v1/${MOUNT}/data/quartermaster/shared/grafana`, {
      method: 'POST',
      headers: { 'X-Vault-Token': world.vault.rootToken, 'content-type': 'application/json' },
      body: JSON.stringify({ data: { token: world.grafana.token } }),
    });
    if (!given.ok) throw new Error(`Vault did not take the token: ${given.status}`);
    return world;
  }

  /** What a bot has to be told to use all of it. */
  get environment(): Record<string, string> {
    return {
      KUBERNETES_CONFIG: writeKubeconfig(this.folder, this.cluster.url, { admin: this.cluster.token }),
      KUBERNETES_CLUSTERS: 'staging=admin',
      HTTP_ALLOWED_HOSTS: this.grafana.server.url,
      VAULT_ADDR: this.vault.address,
      VAULT_TOKEN: this.vault.rootToken,
      VAULT_KV_MOUNT: MOUNT,
    };
  }

  /** Everything there is in cluster and Grafana. */
  get things(): string[] {
    const { folders, dashboards } = this.grafana;
    return [
      ...this.cluster.names,
      ...[...folders.values()].map(({ title }) => `folder ${String(title)}`),
      ...dashboards.keys(),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all([this.cluster.stop(), this.grafana.server.stop(), this.vault.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
