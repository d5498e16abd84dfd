import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterInMemory } from '../fakes/cluster-in-memory.js';
import { writeKubeconfig } from './cluster-world.js';
import { ToldServer } from './told-server.js';

/** A cluster that keeps what it is told and a Prometheus that gives the share of errors it is told. */
export class ClusterAndMetrics {
  /** In percent, by the query that asks. */
  errors: (query: string) => number = () => 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'quartermaster-scenario-'));

  private constructor(
    readonly cluster: ClusterInMemory,
    readonly prometheus: ToldServer,
  ) {}

  static async start(): Promise<ClusterAndMetrics> {
    const world = new ClusterAndMetrics(await ClusterInMemory.start(), await ToldServer.start());
    world.prometheus.tell((url, response) => {
      const query = url.searchParams.get('query') ?? '';
      const value = query === 'vector(1)' ? 1 : world.errors(query);
      const result = [{ metric: {}, value: [1_795_000_000.123, String(value)] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
    return world;
  }

  /** What a bot has to be told to use both. */
  get environment(): Record<string, string> {
    return {
      KUBERNETES_CONFIG: writeKubeconfig(this.folder, this.cluster.url, { admin: this.cluster.token }),
      KUBERNETES_CLUSTERS: 'staging=admin',
      HTTP_ALLOWED_HOSTS: this.prometheus.url,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.cluster.stop(), this.prometheus.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
