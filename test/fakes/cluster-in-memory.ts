import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../src/shared/index.js';
import { type ApiAnswer, type ApiRequest, ApiServer } from './api-server.js';
import { fieldsOf, merged, ownedPaths, without } from './server-side-apply.js';

/** `apps/v1` → kinds by their plural. Whoever is not namespaced belongs to the whole cluster. */
const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: {
    namespaces: 'Namespace',
    configmaps: 'ConfigMap',
    secrets: 'Secret',
    services: 'Service',
    serviceaccounts: 'ServiceAccount',
    pods: 'Pod',
    events: 'Event',
    resourcequotas: 'ResourceQuota',
    limitranges: 'LimitRange',
  },
  'apps/v1': { deployments: 'Deployment', statefulsets: 'StatefulSet', replicasets: 'ReplicaSet' },
  'batch/v1': { jobs: 'Job', cronjobs: 'CronJob' },
  'autoscaling/v2': { horizontalpodautoscalers: 'HorizontalPodAutoscaler' },
  'networking.k8s.io/v1': { networkpolicies: 'NetworkPolicy' },
  'rbac.authorization.k8s.io/v1': { rolebindings: 'RoleBinding' },
  'gateway.networking.k8s.io/v1': { httproutes: 'HTTPRoute' },
};
const OF_THE_CLUSTER = new Set(['namespaces']);

interface Place {
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

/**
 * A small API server of Kubernetes that keeps what it is told: server-side apply, get, list, merge, delete, dry runs; deployments are ready at once
 * unless their image is called `never-ready`. It answers as the real one does where our actions look; `changes` holds every effect there was.
 */
export class ClusterInMemory {
  readonly token = 'token-of-a-cluster-in-memory';
  /** `Deployment/shop-blue made`, in order. What changed nothing is not in it. */
  readonly changes: string[] = [];
  private readonly objects = new Map<string, JsonObject>();
  private revision = 0;

  private constructor(private readonly server: ApiServer) {}

  static async start(): Promise<ClusterInMemory> {
    const server = await ApiServer.start((request) => cluster.answer(request));
    const cluster = new ClusterInMemory(server);
    return cluster;
  }

  get url(): string {
    return this.server.url;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** What is there now: `shop/Deployment/shop-blue`. */
  get names(): string[] {
    return [...this.objects.values()].map(nameOf).sort();
  }

  find(kind: string, name: string): JsonObject | undefined {
    return [...this.objects.values()].find((one) => one.kind === kind && metadataOf(one).name === name);
  }

  private answer({ method, path, headers, body }: ApiRequest): ApiAnswer {
    if (headers.authorization !== `Bearer ${this.token}`) return refusal(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(path, 'http://cluster');
    const discovered = discovery(url.pathname);
    if (discovered !== null) return discovered;
    const place = placeOf(url.pathname);
    if (place === null) return { status: 404, body: '404 page not found\n' };
    if (place.name === null) return this.list(place);
    const key = keyOf(place);
    const living = this.objects.get(key);
    if (method === 'GET') return living === undefined ? notFound(place) : { status: 200, body: living };
    if (method === 'DELETE') return this.remove(place, living, body);
    const patch = typeof body === 'string' ? (JSON.parse(body) as JsonObject) : (body as JsonObject);
    return (headers['content-type'] ?? '').includes('apply-patch')
      ? this.apply(place, living, patch, url.searchParams)
      : this.merge(place, living, patch);
  }

  private list(place: Place): ApiAnswer {
    const prefix = keyOf({ ...place, name: '' });
    const items = [...this.objects].flatMap(([key, object]) => (key.startsWith(prefix) ? [object] : []));
    return { status: 200, body: { kind: `${kindOf(place)}List`, apiVersion: place.version, metadata: {}, items } };
  }

  private apply(place: Place, living: JsonObject | undefined, patch: JsonObject, query: URLSearchParams): ApiAnswer {
    if (place.namespace !== null && !this.objects.has(keyOf(namespacePlace(place.namespace))))
      return refusal(404, 'NotFound', `namespaces "${place.namespace}" not found`);
    const manager = query.get('fieldManager') ?? '';
    const managers = managersOf(living);
    const said = { ...patch, metadata: omit(patch.metadata, ['name', 'namespace']) };
    const before = ownedPaths(managers[manager] ?? {});
    const fields = fieldsOf(omit(said, ['apiVersion', 'kind']));
    const foreign = Object.entries(managers).filter(([name]) => name !== manager);
    const conflict = conflictOf(living, said, fields, foreign);
    if (conflict !== null && query.get('force') !== 'true')
      return refusal(409, 'Conflict', `Apply failed with 1 conflict: conflict with "${conflict}"`);
    const mine = new Set(ownedPaths(fields));
    const dropped = before.filter(
      (one) => !mine.has(one) && !foreign.some(([, theirs]) => ownedPaths(theirs).includes(one)),
    );
    const result = merged(without(living ?? {}, dropped), patch) as JsonObject;
    return this.put(place, living, result, { ...managers, [manager]: fields }, query.get('dryRun') === 'All');
  }

  private merge(place: Place, living: JsonObject | undefined, patch: JsonObject): ApiAnswer {
    if (living === undefined) return notFound(place);
    return this.put(place, living, merged(living, patch) as JsonObject, managersOf(living), false);
  }

  private put(
    place: Place,
    living: JsonObject | undefined,
    wanted: JsonObject,
    managers: Readonly<Record<string, JsonObject>>,
    isDry: boolean,
  ): ApiAnswer {
    const old = living === undefined ? {} : metadataOf(living);
    const isSame = living !== undefined && same(content(wanted), content(living)) && same(managers, managersOf(living));
    if (isSame) return { status: 200, body: living };
    const isNewSpec = living === undefined || !same(wanted.spec ?? null, living.spec ?? null);
    const generation = Number(old.generation ?? 0) + (isNewSpec ? 1 : 0);
    const made: JsonObject = {
      ...wanted,
      metadata: {
        ...(wanted.metadata as JsonObject),
        ...(place.namespace !== null && { namespace: place.namespace }),
        name: place.name,
        uid:
          old.uid ??
          createHash('sha256')
            .update(`${keyOf(place)} ${this.revision}`)
            .digest('hex')
            .slice(0, 32),
        creationTimestamp: old.creationTimestamp ?? '2026-11-23T09:00:00Z',
        resourceVersion: String(this.revision + 1),
        generation,
        managedFields: Object.entries(managers).map(([manager, fieldsV1]) => ({
          manager,
          operation: 'Apply',
          fieldsType: 'FieldsV1',
          fieldsV1,
        })),
      },
      ...statusOf(wanted, generation),
    };
    if (!isDry) {
      this.revision += 1;
      this.objects.set(keyOf(place), made);
      this.changes.push(`${kindOf(place)}/${place.name ?? ''} ${living === undefined ? 'made' : 'changed'}`);
    }
    return { status: living === undefined ? 201 : 200, body: made };
  }

  private remove(place: Place, living: JsonObject | undefined, options: JsonObject): ApiAnswer {
    if (living === undefined) return notFound(place);
    const uid = (options.preconditions as JsonObject | undefined)?.uid;
    if (uid !== undefined && uid !== metadataOf(living).uid) return refusal(409, 'Conflict', 'the UID is another one');
    this.objects.delete(keyOf(place));
    this.changes.push(`${kindOf(place)}/${place.name ?? ''} removed`);
    // With a namespace goes what is in it.
    if (place.plural === 'namespaces')
      for (const [key, object] of this.objects)
        if (metadataOf(object).namespace === place.name) this.objects.delete(key);
    return { status: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } };
  }
}

function discovery(path: string): ApiAnswer | null {
  const match = /^\/(?:api|apis)\/(v1|[^/]+\/[^/]+)$/.exec(path);
  if (match === null) return null;
  const [, version = ''] = match;
  const kinds = KINDS[version];
  if (kinds === undefined) return { status: 404, body: '404 page not found\n' };
  const resources = Object.entries(kinds).map(([name, kind]) => ({
    name,
    kind,
    namespaced: !OF_THE_CLUSTER.has(name),
  }));
  return { status: 200, body: { kind: 'APIResourceList', groupVersion: version, resources } };
}

function placeOf(path: string): Place | null {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(path);
  if (match === null) return null;
  const [, core, group, namespace, plural = '', name] = match;
  const version = core ?? group ?? '';
  if (KINDS[version]?.[plural] === undefined) return null;
  return { version, plural, namespace: namespace ?? null, name: name === undefined ? null : decodeURIComponent(name) };
}

function namespacePlace(name: string): Place {
  return { version: 'v1', plural: 'namespaces', namespace: null, name };
}

const keyOf = ({ version, plural, namespace, name }: Place): string =>
  `${version} ${plural} ${namespace ?? ''} ${name ?? ''}`;

const kindOf = ({ version, plural }: Place): string => KINDS[version]?.[plural] ?? '';

function metadataOf(object: JsonObject): JsonObject {
  return (object.metadata ?? {}) as JsonObject;
}

function nameOf(object: JsonObject): string {
  const { namespace, name } = metadataOf(object);
  return [...(namespace === undefined ? [] : [String(namespace)]), String(object.kind), String(name)].join('/');
}

function managersOf(living: JsonObject | undefined): Record<string, JsonObject> {
  const entries = (living === undefined ? [] : (metadataOf(living).managedFields ?? [])) as JsonObject[];
  return Object.fromEntries(entries.map(({ manager, fieldsV1 }) => [String(manager), fieldsV1 as JsonObject]));
}

/** Who else said of one of these fields that it is another. */
function conflictOf(
  living: JsonObject | undefined,
  said: JsonObject,
  fields: JsonObject,
  others: readonly [string, JsonObject][],
): string | null {
  if (living === undefined) return null;
  const wanted = merged(living, said);
  for (const [name, theirs] of others) {
    const shared = new Set(ownedPaths(theirs));
    if (ownedPaths(fields).some((path) => shared.has(path) && !same(valueAt(living, path), valueAt(wanted, path))))
      return name;
  }
  return null;
}

function valueAt(object: Json, path: string): Json {
  return path.split('\u0000').reduce<Json>((inner, name) => ((inner ?? {}) as JsonObject)[name] ?? null, object);
}

/** As its controller would say at once. */
function statusOf(object: JsonObject, observedGeneration: number): JsonObject {
  if (object.kind !== 'Deployment') return {};
  const replicas = Number((object.spec as JsonObject).replicas ?? 1);
  const isReady = !JSON.stringify(object.spec).includes('/never-ready:');
  const availableReplicas = isReady ? replicas : 0;
  const counted = { replicas, updatedReplicas: replicas, readyReplicas: availableReplicas, availableReplicas };
  return { status: { observedGeneration, ...counted } };
}

function content(object: JsonObject): JsonObject {
  const { status: _status, metadata, ...rest } = object;
  const kept = ['labels', 'annotations', 'name'];
  return {
    ...rest,
    metadata: Object.fromEntries(kept.map((name) => [name, ((metadata ?? {}) as JsonObject)[name] ?? {}])),
  };
}

function omit(object: Json | undefined, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries((object ?? {}) as JsonObject).filter(([name]) => !names.includes(name)));
}

function same(one: unknown, other: unknown): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function notFound({ plural, name }: Place): ApiAnswer {
  return refusal(404, 'NotFound', `${plural} "${name ?? ''}" not found`);
}

function refusal(status: number, reason: string, message: string): ApiAnswer {
  return { status, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code: status } };
}
