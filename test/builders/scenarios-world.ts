import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterInMemory } from '../fakes/cluster-in-memory.js';
import { BareRepository } from './bare-repository.js';
import { ClusterAndMetrics } from './cluster-and-metrics.js';
import { writeKubeconfigs } from './cluster-world.js';
import { asAdmin } from './database.js';
import { EnvironmentWorld } from './environment-world.js';
import { FlagsAndMetrics } from './flags-and-metrics.js';
import { startInstalledPostgres } from './installed-postgres.js';

type Installed = NonNullable<Awaited<ReturnType<typeof startInstalledPostgres>>>;

/** What all scenarios together need outside of the bot, each with a cluster of its own. */
export class ScenariosWorld {
  private readonly folder = mkdtempSync(join(tmpdir(), 'quartermaster-scenarios-'));
  readonly backups = join(this.folder, 'backups');
  readonly created = join(this.folder, 'new');
  readonly operations = new BareRepository(this.folder, 'operations');

  private constructor(
    readonly service: ClusterAndMetrics,
    readonly events: ClusterInMemory,
    readonly environments: EnvironmentWorld,
    readonly flags: FlagsAndMetrics,
    /** Null, said aloud, where backups can’t be tried because no server came with the machine. */
    readonly installed: Installed | null,
  ) {}

  static async start(): Promise<ScenariosWorld> {
    const world = new ScenariosWorld(
      await ClusterAndMetrics.start(),
      await ClusterInMemory.start(),
      await EnvironmentWorld.start(),
      await FlagsAndMetrics.start(),
      await startInstalledPostgres(),
    );
    world.operations.commit({ 'README.md': 'Operations\n' }, 'Begin');
    return world;
  }

  /** What a bot has to be told to use all of it. */
  get environment(): Record<string, string> {
    const { service, events, environments, flags, installed, operations, folder } = this;
    const clusters = { service: service.cluster, events, environments: environments.cluster };
    return {
      ...environments.environment,
      ...flags.environment,
      KUBERNETES_CONFIG: writeKubeconfigs(folder, clusters),
      KUBERNETES_CLUSTERS: Object.keys(clusters)
        .map((name) => `${name}=${name}`)
        .join(','),
      HTTP_ALLOWED_HOSTS: [service.prometheus.url, flags.prometheus.url, environments.grafana.server.url].join(','),
      GIT_REPOSITORIES: operations.path,
      GIT_REPOSITORIES_DIR: this.created,
      GIT_REPOSITORIES_URL: 'https://git.example.org',
      POSTGRES_BACKUP_DIR: this.backups,
      ...(installed !== null && { PROVISION_POSTGRES_URL: `${installed.url}/postgres` }),
    };
  }

  async stop(): Promise<void> {
    const { service, events, environments, flags, installed } = this;
    await Promise.all([service.stop(), events.stop(), environments.stop(), flags.stop(), installed?.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Databases and roles on the server whose name has that in it. */
export function provisioned(serverUrl: string, word: string): Promise<string[]> {
  return asAdmin(serverUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select 'database ' || datname as name from pg_database where datname ~ $1
       union all select 'role ' || rolname from pg_roles where rolname ~ $1 order by 1`,
      [word],
    );
    return rows.map(({ name }) => name);
  });
}
