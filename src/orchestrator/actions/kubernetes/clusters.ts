import { stat } from 'node:fs/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../../action.js';
import { ClusterClient } from './cluster-client.js';

/** A name from the operator's list; addresses and credentials never come from a catalog file. */
export const clusterName = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'a name of the list of clusters');

/** Stands for the account of the pod that the bot itself runs in. */
const IN_CLUSTER = 'in-cluster';

export interface ClusterOptions {
  /** The kubeconfig with the contexts. Unset: only `in-cluster` works. */
  readonly kubeconfig?: string | undefined;
  /** Names that catalog files use, to contexts of that file. */
  readonly contexts: Readonly<Record<string, string>>;
}

interface Known {
  readonly client: ClusterClient;
  readonly changed: number;
}

/** The clusters that steps may use, and nothing else. The file is read again when it changed: credentials are renewed in it. */
export class Clusters {
  private readonly known = new Map<string, Known>();

  constructor(private readonly options: ClusterOptions = { contexts: {} }) {}

  /** @throws ActionFailed when it is not listed, or its context can't be used */
  async client(name: string): Promise<ClusterClient> {
    const { contexts } = this.options;
    const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
    if (context === undefined)
      throw new ActionFailed(
        `The cluster ${name} is not on the list of this installation. The platform team can add it.`,
        false,
      );
    const changed = context === IN_CLUSTER ? 0 : await this.changedAt(name);
    const known = this.known.get(name);
    if (known?.changed === changed) return known.client;
    const client = new ClusterClient(name, await this.configFor(name, context));
    this.known.set(name, { client, changed });
    return client;
  }

  /** For programs that read a kubeconfig themselves: only this cluster, as one file. @throws ActionFailed */
  async kubeconfig(name: string): Promise<string> {
    return (await this.client(name)).exported();
  }

  private async changedAt(name: string): Promise<number> {
    try {
      return (await stat(this.options.kubeconfig ?? '')).mtimeMs;
    } catch (cause) {
      throw unusable(name, cause);
    }
  }

  private async configFor(name: string, context: string): Promise<KubeConfig> {
    // Many megabytes: only an installation with clusters pays for them.
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    try {
      if (context === IN_CLUSTER) config.loadFromCluster();
      else config.loadFromFile(this.options.kubeconfig ?? '');
    } catch (cause) {
      throw unusable(name, cause);
    }
    if (context !== IN_CLUSTER) config.setCurrentContext(context);
    if (config.getCurrentCluster() === null) throw unusable(name, new Error(`no context ${context} with a cluster`));
    return config;
  }
}

function unusable(name: string, cause: unknown): ActionFailed {
  return new ActionFailed(
    `The cluster ${name} is listed, but its entry in the kubeconfig can’t be used. Tell the platform team.`,
    false,
    { cause },
  );
}
