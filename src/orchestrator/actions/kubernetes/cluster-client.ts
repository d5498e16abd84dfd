import type { HttpMethod, KubeConfig } from '@kubernetes/client-node';
import type { Json, JsonObject } from '../../../shared/index.js';
import { type Doing, notLoggedIn, refusalOf, unanswered } from './cluster-failure.js';

const FIELD_MANAGER = 'quartermaster';
const LOG_BYTES = 32_768;
const MOST_LISTED = 200;

export interface ApiResource {
  readonly plural: string;
  readonly namespaced: boolean;
}

interface Call {
  readonly method: `${HttpMethod}`;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly type?: string;
}

export type Propagation = 'foreground' | 'background' | 'orphan';

/** One cluster's API, spoken plainly: what is sent and what comes back is JSON as it is, so that no field is lost on the way. */
export class ClusterClient {
  private readonly resources = new Map<string, Map<string, ApiResource>>();

  constructor(
    readonly name: string,
    private readonly config: KubeConfig,
  ) {}

  /** Null: it is not there. @throws ActionFailed */
  async get(path: string, what: string, signal: AbortSignal): Promise<JsonObject | null> {
    const { status, body } = await this.send({ method: 'GET', path }, signal);
    if (status === 404) return null;
    return this.good(status, body, { cluster: this.name, what });
  }

  async list(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<JsonObject> {
    const { status, body } = await this.send(
      { method: 'GET', path, query: { limit: String(MOST_LISTED), ...query } },
      signal,
    );
    return this.good(status, body, { cluster: this.name, what: 'looking' });
  }

  /** Server-side apply: our fields become so, those of others stay. @throws ClusterRefused */
  async apply(
    path: string,
    body: JsonObject,
    { dryRun = false, force = false, what }: { dryRun?: boolean; force?: boolean; what: string },
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const query = {
      fieldManager: FIELD_MANAGER,
      fieldValidation: 'Strict',
      force: String(force),
      ...(dryRun && { dryRun: 'All' }),
    };
    const call: Call = { method: 'PATCH', path, query, body, type: 'application/apply-patch+yaml' };
    const { status, body: answer } = await this.send(call, signal);
    return this.good(status, answer, { cluster: this.name, what });
  }

  /** Changes a few fields of something that is there. @throws ClusterRefused */
  async merge(path: string, body: JsonObject, what: string, signal: AbortSignal): Promise<JsonObject> {
    const query = { fieldManager: FIELD_MANAGER };
    const call: Call = { method: 'PATCH', path, query, body, type: 'application/merge-patch+json' };
    const { status, body: answer } = await this.send(call, signal);
    return this.good(status, answer, { cluster: this.name, what });
  }

  /** Only that very one: another thing of the same name, made since, is left alone. Harmless when it is gone. @throws ClusterRefused */
  async remove(path: string, uid: string, propagation: Propagation, what: string, signal: AbortSignal): Promise<void> {
    const propagationPolicy = propagation.charAt(0).toUpperCase() + propagation.slice(1);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions: { uid } };
    const { status, body: answer } = await this.send(
      { method: 'DELETE', path, body, type: 'application/json' },
      signal,
    );
    if (status === 404 || status === 409) return;
    this.good(status, answer, { cluster: this.name, what });
  }

  /** The end of a container's log; empty when there is none. */
  async log(
    pod: { namespace: string; name: string; container: string; previous: boolean },
    lines: number,
    signal: AbortSignal,
  ): Promise<string> {
    const { namespace, name, container, previous } = pod;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
    const query = {
      container,
      tailLines: String(lines),
      limitBytes: String(LOG_BYTES),
      ...(previous && { previous: 'true' }),
    };
    const { status, text } = await this.send({ method: 'GET', path, query }, signal);
    return status === 200 ? text : '';
  }

  /** How a kind is called in URLs; null when the cluster has no such kind. */
  async resource(apiVersion: string, kind: string, signal: AbortSignal): Promise<ApiResource | null> {
    const known = this.resources.get(apiVersion)?.get(kind);
    if (known !== undefined) return known;
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { status, body } = await this.send({ method: 'GET', path }, signal);
    if (status === 404) return null;
    const found = this.good(status, body, { cluster: this.name, what: `looking for ${apiVersion}` });
    const kinds = resourcesIn(found.resources ?? null);
    this.resources.set(apiVersion, kinds);
    return kinds.get(kind) ?? null;
  }

  /** This cluster alone, as a kubeconfig file. */
  exported(): string {
    const context = this.config.getCurrentContext();
    const [cluster, user] = [this.config.getCurrentCluster(), this.config.getCurrentUser()];
    return exportedConfig(JSON.parse(this.config.exportConfig()) as JsonObject, {
      context,
      cluster: cluster?.name ?? '',
      user: user?.name ?? '',
    });
  }

  private async send(call: Call, signal: AbortSignal): Promise<{ status: number; body: Json; text: string }> {
    const { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } = await import('@kubernetes/client-node');
    const server = this.config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
    const request = new RequestContext(server + call.path, HttpMethod[call.method]);
    for (const [name, value] of Object.entries(call.query ?? {})) request.setQueryParam(name, value);
    request.setHeaderParam('Accept', 'application/json');
    if (call.body !== undefined) {
      request.setHeaderParam('Content-Type', call.type ?? 'application/json');
      request.setBody(JSON.stringify(call.body));
    }
    request.setSignal(signal);
    try {
      await this.config.applySecurityAuthentication(request);
    } catch (error) {
      throw notLoggedIn(error, this.name);
    }
    try {
      const answer = await new IsomorphicFetchHttpLibrary().send(request).toPromise();
      const text = await answer.body.text();
      return { status: answer.httpStatusCode, text, body: parsed(text) };
    } catch (error) {
      throw unanswered(error, this.name, signal);
    }
  }

  private good(status: number, body: Json, doing: Doing): JsonObject {
    if (status < 200 || status > 299 || typeof body !== 'object' || body === null || Array.isArray(body))
      throw refusalOf(status, body, doing);
    return body;
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function resourcesIn(list: Json): Map<string, ApiResource> {
  const kinds = new Map<string, ApiResource>();
  for (const entry of Array.isArray(list) ? list : []) {
    const { kind, name, namespaced } = Object(entry) as JsonObject;
    if (typeof kind !== 'string' || typeof name !== 'string' || name.includes('/')) continue;
    kinds.set(kind, { plural: name, namespaced: namespaced === true });
  }
  return kinds;
}

function exportedConfig(whole: JsonObject, keep: { context: string; cluster: string; user: string }): string {
  const only = (list: Json | undefined, name: string): Json[] =>
    (Array.isArray(list) ? list : []).filter((entry) => (Object(entry) as JsonObject).name === name);
  return JSON.stringify({
    ...whole,
    clusters: only(whole.clusters, keep.cluster),
    users: only(whole.users, keep.user),
    contexts: only(whole.contexts, keep.context),
    'current-context': keep.context,
  });
}
