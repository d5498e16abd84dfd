import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clusters } from '../../src/orchestrator/actions/kubernetes/clusters.js';
import { kubernetesActions } from '../../src/orchestrator/actions/kubernetes/kubernetes.actions.js';
import { ObjectSet } from '../../src/orchestrator/actions/kubernetes/object-set.js';
import type { Pause } from '../../src/platform/http-client/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { ActionBench } from './action-bench.js';

export interface ClusterServer {
  /** A kubeconfig file with the context admin, and guest and stranger where it is our own. */
  readonly kubeconfig: string;
  readonly contexts: Readonly<Record<string, string>>;
  /** The API as somebody else uses it. */
  request(method: string, path: string, body?: JsonObject, type?: string): Promise<JsonObject>;
  readonly pause: Pause;
}

/** The actions on a cluster, real or recorded, and other people who use it too. */
export class ClusterWorld {
  readonly secrets = new SecretsInMemory();
  private readonly benches: ReadonlyMap<string, ActionBench>;
  readonly clusters: Clusters;
  readonly set: ObjectSet;

  constructor(private readonly server: ClusterServer) {
    this.clusters = new Clusters({ kubeconfig: server.kubeconfig, contexts: server.contexts });
    this.set = new ObjectSet(this.clusters, server.pause);
    const actions = kubernetesActions(this.set);
    this.benches = new Map(actions.map((action) => [action.id, new ActionBench(action, this.secrets)]));
  }

  bench(id: string): ActionBench {
    const bench = this.benches.get(`kubernetes:${id}`);
    if (bench === undefined) throw new Error(`There is no action kubernetes:${id}`);
    return bench;
  }

  get(path: string): Promise<JsonObject> {
    return this.server.request('GET', path);
  }

  /** As kubectl of somebody else. */
  applied(path: string, body: JsonObject, manager = 'kubectl'): Promise<JsonObject> {
    return this.server.request(
      'PATCH',
      `${path}?fieldManager=${manager}&force=true`,
      body,
      'application/apply-patch+yaml',
    );
  }

  removed(path: string): Promise<JsonObject> {
    return this.server.request('DELETE', path);
  }

  /** Asks until it is so; what never comes so fails the test by its time. */
  async until(path: string, holds: (found: JsonObject) => boolean): Promise<void> {
    while (!holds(await this.get(path))) await this.server.pause(300);
  }
}

/** A kubeconfig for one server and several people. */
export function writeKubeconfig(folder: string, server: string, tokens: Readonly<Record<string, string>>): string {
  const servers = Object.entries(tokens).map(([name, token]) => [name, { url: server, token }] as const);
  return writeKubeconfigs(folder, Object.fromEntries(servers));
}

/** A kubeconfig with a context for each of several servers. */
export function writeKubeconfigs(
  folder: string,
  servers: Readonly<Record<string, { readonly url: string; readonly token: string }>>,
): string {
  const named = Object.entries(servers);
  const file = join(folder, 'kubeconfig.json');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named.map(([name, { url }]) => ({ name, cluster: { server: url, 'insecure-skip-tls-verify': true } })),
    users: named.map(([name, { token }]) => ({ name, user: { token } })),
    contexts: named.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
