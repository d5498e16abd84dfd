import type { JsonObject } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';
import type { ClusterClient, Propagation } from './cluster-client.js';
import { type ClusterObject, type ObjectRef, textAt, title } from './cluster-object.js';

/** Things of one cluster by what they are, not by URL. */
export class ClusterThings {
  constructor(
    readonly client: ClusterClient,
    private readonly signal: AbortSignal,
  ) {}

  /** Where it goes: its own namespace, else the given one, else none. @throws ActionFailed for an unknown kind */
  async refOf(object: ClusterObject, namespace: string | undefined): Promise<ObjectRef> {
    const { apiVersion, kind, metadata } = object;
    const { namespaced } = await this.kindOf(object);
    const own = textAt(metadata, 'namespace') || namespace;
    if (!namespaced) return { apiVersion, kind, namespace: null, name: metadata.name };
    if (own === undefined)
      throw new ActionFailed(`${title({ kind, name: metadata.name })} needs a namespace; the step gives none.`, false);
    return { apiVersion, kind, namespace: own, name: metadata.name };
  }

  async find(ref: ObjectRef): Promise<JsonObject | null> {
    const found = await this.client.resource(ref.apiVersion, ref.kind, this.signal);
    if (found === null) return null;
    return this.client.get(await this.pathOf(ref), `looking at ${title(ref)}`, this.signal);
  }

  async apply(
    ref: ObjectRef,
    object: ClusterObject,
    options: { dryRun?: boolean; force?: boolean; what?: string } = {},
  ): Promise<JsonObject> {
    const { namespace } = ref;
    const placed = namespace === null ? object : { ...object, metadata: { ...object.metadata, namespace } };
    const what = options.what ?? `applying ${title(ref)}`;
    return this.client.apply(await this.pathOf(ref), placed, { ...options, what }, this.signal);
  }

  async merge(ref: ObjectRef, change: JsonObject, what: string): Promise<JsonObject> {
    return this.client.merge(await this.pathOf(ref), change, what, this.signal);
  }

  /** Asks for it to go; see {@link Gone} for waiting. */
  async remove(ref: ObjectRef, living: JsonObject, propagation: Propagation): Promise<void> {
    const uid = textAt(living, 'metadata', 'uid');
    await this.client.remove(await this.pathOf(ref), uid, propagation, `taking away ${title(ref)}`, this.signal);
  }

  async listed(
    apiVersion: string,
    kind: string,
    namespace: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<JsonObject[]> {
    const { plural } = await this.kindOf({ apiVersion, kind });
    const list = await this.client.list(
      `${prefixOf(apiVersion)}/namespaces/${namespace}/${plural}`,
      query,
      this.signal,
    );
    return Array.isArray(list.items) ? (list.items as JsonObject[]) : [];
  }

  private async pathOf(ref: ObjectRef): Promise<string> {
    const { plural } = await this.kindOf(ref);
    const space = ref.namespace === null ? '' : `/namespaces/${encodeURIComponent(ref.namespace)}`;
    return `${prefixOf(ref.apiVersion)}${space}/${plural}/${encodeURIComponent(ref.name)}`;
  }

  private async kindOf({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>) {
    const found = await this.client.resource(apiVersion, kind, this.signal);
    if (found === null)
      throw new ActionFailed(
        `The cluster ${this.client.name} knows no ${kind} of ${apiVersion}. Is it misspelt, or its extension not installed there?`,
        false,
      );
    return found;
  }
}

function prefixOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
