import { createHash } from 'node:crypto';
import type { JsonObject } from '../../src/shared/index.js';
import type { ClusterWorld } from '../builders/cluster-world.js';

export interface ContractOptions {
  /** For each test, by its name. */
  readonly open: (test: string) => Promise<ClusterWorld>;
  /** Nodes that only pretend say what went wrong by the name of the image; real ones can't. */
  readonly pretended: boolean;
  /** An image that runs for ever and is ready. */
  readonly image: string;
}

const deploymentPath = (namespace: string, name = 'web'): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

export function deploymentOf(
  image: string,
  replicas = 2,
  more: { env?: JsonObject[]; spec?: JsonObject; name?: string } = {},
): JsonObject {
  const name = more.name ?? 'web';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image, ...(more.env !== undefined && { env: more.env }) }], ...more.spec },
      },
    },
  };
}

/** What the actions promise, told to a cluster. The same tests run against a real one and against what it answered once. */
export function kubernetesContract({ open, pretended, image }: ContractOptions): void {
  let world: ClusterWorld;
  let namespace: string;
  beforeEach(async () => {
    const test = expect.getState().currentTestName ?? '';
    namespace = `qm-${createHash('sha256').update(test).digest('hex').slice(0, 10)}`;
    world = await open(test);
  });

  /** A namespace made by the action under a key of its own. */
  const inNamespace = async (more: JsonObject = {}) =>
    world.bench('namespace').apply({ cluster: 'real', name: namespace, ...more }, 'key-namespace');
  const input = (objects: JsonObject[], more: JsonObject = {}): JsonObject => ({
    cluster: 'real',
    namespace,
    objects,
    ...more,
  });
  afterEach(async () => {
    // Whatever the test made goes with its namespace.
    const state = await world
      .bench('namespace')
      .intend({ cluster: 'real', name: namespace }, 'key-namespace')
      .catch(() => null);
    if (state !== null) await world.bench('namespace').destroy(state, 'key-namespace');
  });

  describe('kubernetes:apply', () => {
    it('previews by asking the server, makes, finds, changes, and takes away', async () => {
      await inNamespace();
      const apply = world.bench('apply');
      const wanted = input([deploymentOf(image)], {
        values: { replicas: "objects['Deployment/web'].status.availableReplicas" },
      });
      expect(await apply.plan(wanted)).toMatchObject({ kind: 'create', details: ['+ Deployment web'] });
      const made = await apply.apply(wanted);
      expect(made.output).toEqual({ cluster: 'real', namespace, values: { replicas: 2 } });
      expect(await world.get(deploymentPath(namespace))).toMatchObject({
        metadata: {
          labels: {
            'app.kubernetes.io/managed-by': 'quartermaster',
            'quartermaster/resource': 'res-test',
            'quartermaster/team': 'payments',
            'quartermaster/environment': 'development',
            'quartermaster/request': 'req-test',
          },
        },
        spec: {
          template: {
            metadata: { labels: { 'quartermaster/resource': 'res-test', 'quartermaster/team': 'payments' } },
          },
        },
        status: { availableReplicas: 2 },
      });
      expect(await apply.plan(wanted)).toMatchObject({ kind: 'none' });
      expect(await apply.read(made.state)).toEqual({ exists: true, detail: 'it is there' });

      const bigger = input([deploymentOf(image, 3)]);
      expect(await apply.plan(bigger)).toMatchObject({
        kind: 'change',
        details: ['~ Deployment web', '   spec.replicas: 2 → 3'],
      });
      const changed = await apply.apply(bigger, 'key-2');
      expect(await apply.read(made.state)).toMatchObject({ detail: expect.stringContaining('spec.replicas: 3 → 2') });
      await apply.destroy(changed.state, 'key-2');
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ spec: { replicas: 2 } });

      await apply.destroy(made.state);
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ reason: 'NotFound' });
      expect(await apply.read(made.state)).toEqual({ exists: false, detail: 'it is not there' });
      await apply.destroy(made.state);
    });

    it('does the same again without a second effect, and goes on where an attempt was cut off', async () => {
      await inNamespace();
      const apply = world.bench('apply');
      const map = (name: string): JsonObject => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        data: { size: 'small' },
      });
      const wanted = input([map('one'), map('two')]);
      await apply.intend(wanted);
      await world.applied(`/api/v1/namespaces/${namespace}/configmaps/unrelated`, map('unrelated'));
      await apply.apply(input([map('one')], { waitSeconds: 0 }));
      const first = await apply.apply(wanted);
      const uids = async () => {
        const { items } = (await world.get(`/api/v1/namespaces/${namespace}/configmaps`)) as {
          items: { metadata: { name: string; resourceVersion: string } }[];
        };
        return items
          .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
          .filter((one) => !one.startsWith('kube-'));
      };
      const before = await uids();
      expect(before).toHaveLength(3);
      const second = await apply.apply(wanted, 'key-1', { attempt: 2 });
      expect(second.state).toEqual(first.state);
      expect(await uids()).toEqual(before);
      await apply.destroy(first.state);
      expect((await uids()).map((one) => one.split(' ')[0])).toEqual(['unrelated']);
    });

    it('becomes in place what a newer version asks for, once, and goes back', async () => {
      await inNamespace();
      const apply = world.bench('apply');
      const map = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
      const [former, next] = [
        input([deploymentOf(image), map('settings')]),
        input([deploymentOf(image, 3), map('options')]),
      ];
      const mapsPath = `/api/v1/namespaces/${namespace}/configmaps`;
      const made = await apply.apply(former);
      expect(await apply.planChange(next, made)).toMatchObject({
        kind: 'change',
        details: ['~ Deployment web', '   spec.replicas: 2 → 3', '+ ConfigMap options', '- ConfigMap settings'],
      });
      const changed = await apply.change(next, made);
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ spec: { replicas: 3 } });
      expect(await world.get(`${mapsPath}/settings`)).toMatchObject({ reason: 'NotFound' });
      expect(await apply.read(changed.state)).toEqual({ exists: true, detail: 'it is there' });
      const version = async (): Promise<unknown> => (await world.get(`${mapsPath}/options`)).metadata;
      const before = await version();
      expect((await apply.change(next, made)).state).toEqual(changed.state);
      expect(await version()).toEqual(before);
      expect(await apply.planChange(next, changed)).toMatchObject({ kind: 'none' });

      const back = await apply.changeBack(former, changed);
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ spec: { replicas: 2 } });
      expect(await world.get(`${mapsPath}/options`)).toMatchObject({ reason: 'NotFound' });
      expect(await apply.read(made.state)).toEqual({ exists: true, detail: 'it is there' });

      // Died after something new was made and before what is wanted no more was gone: all of it is known, and goes.
      const unfinished = await apply.action.intend(next, { ...apply.context('key-1'), made });
      await world.bench('apply').apply(input([map('options')], { waitSeconds: 0 }));
      await apply.destroy(unfinished ?? {});
      for (const name of ['settings', 'options'])
        expect(await world.get(`${mapsPath}/${name}`)).toMatchObject({ reason: 'NotFound' });
      expect(await apply.read(back.state)).toEqual({ exists: false, detail: 'it is not there' });
      expect(await apply.planChange(input([map('settings')], { namespace: 'elsewhere' }), made)).toEqual({
        kind: 'cannot',
        summary: 'It can’t be moved to another cluster or namespace. Request it anew and move over.',
      });
    });

    it('keeps its hands off what is not ours, and off what belongs to another resource', async () => {
      await inNamespace();
      const apply = world.bench('apply');
      const path = `/api/v1/namespaces/${namespace}/configmaps/settings`;
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { size: 'big' } };
      await world.applied(path, map);
      const refused = /ConfigMap settings is there already and was not made by Quartermaster/;
      expect(await apply.plan(input([map]))).toMatchObject({ kind: 'cannot', summary: expect.stringMatching(refused) });
      await expect(apply.apply(input([map]))).rejects.toMatchObject({
        publicMessage: expect.stringMatching(refused),
        retryable: false,
      });
      const ours = { ...map, metadata: { name: 'ours' } };
      await apply.apply(input([ours]), 'key-2');
      const other = {
        labels: { resourceId: 'res-other', team: 'payments', environment: 'development', requestId: 'req-test' },
      };
      await expect(apply.action.intend(input([ours]), { ...apply.context('key-3'), ...other })).rejects.toMatchObject({
        publicMessage: expect.stringContaining('belongs to another resource (res-test)'),
      });
    });

    it('says who else looks after a field, and takes it over only when told to', async () => {
      await inNamespace();
      const apply = world.bench('apply');
      await apply.apply(input([deploymentOf(image)]));
      await world.applied(
        deploymentPath(namespace),
        { ...deploymentOf(image, 5), metadata: { name: 'web' } },
        'kubectl-edit',
      );
      const wanted = input([deploymentOf(image, 4)]);
      const words = 'Applying Deployment web: “kubectl-edit” looks after spec.replicas. Nothing was changed.';
      expect(await apply.plan(wanted)).toMatchObject({ kind: 'cannot', summary: expect.stringContaining(words) });
      await expect(apply.apply(wanted, 'key-2')).rejects.toMatchObject({
        publicMessage: expect.stringContaining(words),
        retryable: false,
      });
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ spec: { replicas: 5 } });
      const taken = { ...wanted, conflicts: 'take' };
      expect(await apply.plan(taken)).toMatchObject({
        kind: 'change',
        details: ['~ Deployment web', '   spec.replicas: 5 → 4'],
      });
      await apply.apply(taken, 'key-3');
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ spec: { replicas: 4 } });
    });

    it('makes Secrets by reference; their values are in no plan, state, output or progress', async () => {
      await inNamespace();
      const ref = await world.secrets.put('db/orders', { password: 'pass-very-secret-1' }, { idempotencyKey: 'put' });
      const apply = world.bench('apply');
      const wanted = input([], { secrets: { database: { PASSWORD: { ref, field: 'password' } } } });
      expect(await apply.plan(wanted)).toMatchObject({ kind: 'create', details: ['+ Secret database'] });
      const made = await apply.apply(wanted);
      const path = `/api/v1/namespaces/${namespace}/secrets/database`;
      expect(await world.get(path)).toMatchObject({
        data: { PASSWORD: Buffer.from('pass-very-secret-1').toString('base64') },
      });
      const next = await world.secrets.put(
        'db/orders',
        { password: 'pass-very-secret-2' },
        { idempotencyKey: 'put-2' },
      );
      const plan = await apply.plan(
        input([], { secrets: { database: { PASSWORD: { ref: next, field: 'password' } } } }),
      );
      expect(plan).toMatchObject({ kind: 'change', details: ['~ Secret database', '   data.PASSWORD: another value'] });
      const told = JSON.stringify([made, plan, apply.reported]);
      expect(told).not.toContain('very-secret');
      expect(told).not.toContain(Buffer.from('pass-very-secret-1').toString('base64'));
      await apply.destroy(made.state);
      expect(await world.get(path)).toMatchObject({ reason: 'NotFound' });
    });

    it('tells what the server does not take: unknown kinds and fields, wrong values, a namespace that is missing', async () => {
      await inNamespace();
      const plan = (object: JsonObject, more: JsonObject = {}) => world.bench('apply').plan(input([object], more));
      expect(await plan({ apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w' } })).toMatchObject({
        kind: 'cannot',
        summary:
          'The cluster real knows no Widget of example.org/v1. Is it misspelt, or its extension not installed there?',
      });
      expect(
        await plan({ ...deploymentOf(image), spec: { ...(deploymentOf(image).spec as JsonObject), replica: 3 } }),
      ).toMatchObject({
        kind: 'cannot',
        summary: expect.stringContaining('.spec.replica: field not declared in schema'),
      });
      expect(await plan(deploymentOf(image, -1))).toMatchObject({
        kind: 'cannot',
        summary: expect.stringContaining('spec.replicas'),
      });
      const elsewhere = { namespace: 'qm-not-there' };
      expect(await plan(deploymentOf(image), elsewhere)).toMatchObject({
        kind: 'create',
        details: ['+ Deployment web (not checked by the cluster: its namespace qm-not-there is not there yet)'],
      });
      await expect(world.bench('apply').apply(input([deploymentOf(image)], elsewhere), 'key-5')).rejects.toMatchObject({
        publicMessage: expect.stringContaining('namespaces "qm-not-there" not found'),
      });
    });

    it('waits for a job, and for nothing when told so', async () => {
      await inNamespace();
      const job = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate' },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image }] } } },
      };
      if (pretended) {
        await world.bench('apply').apply(input([job], { values: { done: "objects['Job/migrate'].status.succeeded" } }));
        expect(world.bench('apply').reported).toContain('Job migrate made');
      }
      await world.bench('apply').apply(input([deploymentOf('example.org/missing:1')], { waitSeconds: 0 }), 'key-2');
    });

    it('waits for what an extension says of its own kinds', async () => {
      await inNamespace();
      const group = `${namespace}.example.org`;
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `widgets.${group}` },
        spec: {
          group,
          scope: 'Namespaced',
          names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: {
                    spec: { type: 'object', properties: { size: { type: 'integer' } } },
                    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  },
                },
              },
            },
          ],
        },
      };
      const apply = world.bench('apply');
      const extension = await apply.apply(input([definition]), 'key-extension');
      const widget = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'one' }, spec: { size: 3 } };
      // The garbage collector of a cluster comes to know a new kind after minutes only; in the foreground it would be waited for.
      const background = { propagation: 'background' };
      const wanted = input([widget], { conditions: { 'Widget/one': 'Ready' }, waitSeconds: 15, ...background });
      await world.until(`/apis/${group}/v1`, ({ resources }) => Array.isArray(resources) && resources.length > 0);
      await expect(apply.apply(wanted)).rejects.toMatchObject({
        publicMessage: 'Widget one is not ready after 15 seconds (not Ready yet).',
        retryable: true,
      });
      const path = `/apis/${group}/v1/namespaces/${namespace}/widgets/one`;
      const conditions = [
        { type: 'Ready', status: 'True', reason: 'Made', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
      ];
      await world.applied(`${path}/status`, { ...widget, spec: {}, status: { conditions } }, 'controller');
      const made = await apply.apply(wanted, 'key-1', { attempt: 2 });
      await apply.destroy(made.state);
      await apply.destroy(extension.state, 'key-extension');
      expect(await apply.read(extension.state)).toMatchObject({ exists: false });
    });
  });

  /** Only where nodes pretend. */
  const onPretended = (name: string, tests: () => void): void => {
    if (pretended) describe(name, tests);
  };

  onPretended('a workload that does not get ready', () => {
    const failureOf = async (objects: JsonObject[], more: JsonObject = {}) => {
      const error: unknown = await world
        .bench('apply')
        .apply(input(objects, { waitSeconds: 30, ...more }))
        .then(() => null)
        .catch((thrown: unknown) => thrown);
      return error as { publicMessage: string; retryable: boolean };
    };

    it('is told with the image that can’t be pulled', async () => {
      await inNamespace();
      const { publicMessage, retryable } = await failureOf([deploymentOf('example.org/missing:1', 1)]);
      expect(publicMessage).toMatch(
        /^Deployment web does not get ready \(0 of 1 available\): pod web-\S+, container web: its image can’t be pulled/,
      );
      expect(retryable).toBe(false);
      expect(world.bench('apply').reported).toContainEqual(
        expect.stringContaining('Failed: Failed to pull image "example.org/missing:1": not found'),
      );
    });

    it('is told with the exit code and the end of its log, in which the Secrets that it reads are hidden', async () => {
      await inNamespace();
      const ref = await world.secrets.put('db/orders', { password: 'pass-very-secret-1' }, { idempotencyKey: 'put' });
      await world.applied(`/api/v1/namespaces/${namespace}/secrets/theirs`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'theirs' },
        stringData: { key: 'their-very-secret-key' },
      });
      const from = (name: string, key: string): JsonObject => ({ valueFrom: { secretKeyRef: { name, key } } });
      const env = [
        { name: 'PASSWORD', ...from('database', 'PASSWORD') },
        { name: 'THEIRS', ...from('theirs', 'key') },
      ];
      const { publicMessage, retryable } = await failureOf([deploymentOf('example.org/crash:1', 1, { env })], {
        secrets: { database: { PASSWORD: { ref, field: 'password' } } },
      });
      expect(publicMessage).toMatch(
        /it ends again and again \(exit code 1\)\. Its last words: FATAL: could not connect to the database$/,
      );
      expect(retryable).toBe(false);
      const told = world.bench('apply').reported.join('\n');
      expect(told).toMatch(/web-\S+ \| PASSWORD=\[redacted\]/);
      expect(told).toMatch(/web-\S+ \| THEIRS=\[redacted\]/);
      expect(told + publicMessage).not.toContain('very-secret');
    });

    it('is told when no node fits, when a probe fails, and when the time is up', async () => {
      await inNamespace();
      const nowhere = await failureOf([deploymentOf(image, 1, { spec: { nodeSelector: { disk: 'golden' } } })], {
        waitSeconds: 15,
      });
      expect(nowhere.publicMessage).toMatch(/is not ready after 15 seconds .* finds no node: 0\/1 nodes are available/);
      expect(nowhere.retryable).toBe(true);
      const unready = await world
        .bench('apply')
        .apply(input([deploymentOf('example.org/never-ready:1', 1, { name: 'slow' })], { waitSeconds: 15 }), 'key-2')
        .catch((error: unknown) => (error as { publicMessage: string }).publicMessage);
      expect(unready).toMatch(/pod slow-\S+ runs, but container web is not ready/);
      expect(world.bench('apply').reported).toContainEqual(
        expect.stringContaining('Unhealthy: Readiness probe failed'),
      );
    });

    it('is told at once when the quota has no room, and a failed job with its log', async () => {
      await inNamespace({ quota: { pods: 1 } });
      const { publicMessage, retryable } = await failureOf([deploymentOf(image, 2)]);
      expect(publicMessage).toMatch(
        /Deployment web does not get ready .*exceeded quota: quartermaster, requested: pods=1, used: pods=1, limited: pods=1/,
      );
      expect(retryable).toBe(false);
    });

    it('is told for a job that failed, and for a stateful set', async () => {
      await inNamespace();
      const job = {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate' },
        spec: {
          backoffLimit: 0,
          template: {
            spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image: 'example.org/crash:1' }] },
          },
        },
      };
      const { publicMessage } = await failureOf([job]);
      expect(publicMessage).toMatch(
        /^Job migrate does not get ready .*Job has reached the specified backoff limit.*exit code 1.* Its last words: FATAL/,
      );
      const set = {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'store' },
        spec: {
          replicas: 2,
          serviceName: 'store',
          selector: { matchLabels: { app: 'store' } },
          template: { metadata: { labels: { app: 'store' } }, spec: { containers: [{ name: 'store', image }] } },
        },
      };
      const made = await world.bench('apply').apply(input([set]), 'key-2');
      expect(made.output).toMatchObject({ namespace });
      expect(await world.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets/store`)).toMatchObject({
        status: { readyReplicas: 2 },
      });
    });
  });

  describe('kubernetes:namespace', () => {
    const whole = (): JsonObject => ({
      cluster: 'real',
      name: namespace,
      labels: { purpose: 'trial' },
      quota: { pods: 10, 'limits.memory': '4096Mi' },
      limits: { default: { memory: '256Mi' }, request: { memory: '128Mi' } },
      network: { namespaces: ['default'], egress: 'namespace' },
      access: [{ role: 'edit', groups: ['payments'], serviceAccounts: ['deployer'] }],
    });

    it('comes with its bounds, has no drift, and goes with everything in it', async () => {
      const bench = world.bench('namespace');
      expect(await bench.plan(whole())).toMatchObject({
        kind: 'create',
        details: expect.arrayContaining([`+ Namespace ${namespace}`]),
      });
      const made = await bench.apply(whole(), 'key-namespace');
      expect(made.output).toEqual({ cluster: 'real', namespace });
      expect(await bench.plan(whole())).toMatchObject({ kind: 'none' });
      expect(await bench.read(made.state)).toEqual({ exists: true, detail: 'it is there' });
      expect(await world.get(`/api/v1/namespaces/${namespace}`)).toMatchObject({
        metadata: {
          labels: {
            purpose: 'trial',
            'pod-security.kubernetes.io/enforce': 'baseline',
            'quartermaster/team': 'payments',
          },
        },
      });
      expect(await world.get(`/api/v1/namespaces/${namespace}/resourcequotas/quartermaster`)).toMatchObject({
        spec: { hard: { pods: '10', 'limits.memory': '4Gi' } },
      });
      expect(
        await world.get(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/quartermaster-edit`),
      ).toMatchObject({
        subjects: [
          { kind: 'Group', name: 'payments' },
          { kind: 'ServiceAccount', name: 'deployer', namespace },
        ],
      });
      expect(
        await world.get(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/quartermaster`),
      ).toMatchObject({
        spec: { policyTypes: ['Ingress', 'Egress'] },
      });

      await world.applied(`/api/v1/namespaces/${namespace}/resourcequotas/quartermaster`, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'quartermaster' },
        spec: { hard: { pods: '99' } },
      });
      expect(await bench.read(made.state)).toEqual({
        exists: true,
        detail: 'it is there, but differs: ResourceQuota quartermaster spec.hard.pods: 99 → 10',
      });
      await world.applied(`/api/v1/namespaces/${namespace}/configmaps/inside`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'inside' },
      });
      await bench.destroy(made.state, 'key-namespace');
      expect(await world.get(`/api/v1/namespaces/${namespace}`)).toMatchObject({ reason: 'NotFound' });
    });

    it('of somebody else is refused', async () => {
      const path = '/api/v1/namespaces/default';
      expect((await world.get(path)).kind).toBe('Namespace');
      expect(await world.bench('namespace').plan({ cluster: 'real', name: 'default' })).toMatchObject({
        kind: 'cannot',
        summary: 'Namespace default is there already and was not made by Quartermaster. Choose another name.',
      });
    });
  });

  describe('day-2 actions', () => {
    const target = (): JsonObject => ({ cluster: 'real', namespace, name: 'web' });
    const revision = async () => {
      const { metadata } = (await world.get(deploymentPath(namespace))) as {
        metadata: { annotations: Record<string, string> };
      };
      return metadata.annotations['deployment.kubernetes.io/revision'];
    };

    it('restart once for one key, and wait for the new pods', async () => {
      await inNamespace();
      await world.bench('apply').apply(input([deploymentOf(image)]));
      const restart = world.bench('restart');
      expect(await restart.plan(target())).toMatchObject({
        kind: 'change',
        summary: `Restarts Deployment web in ${namespace} on real`,
      });
      const made = await restart.apply(target());
      expect(made.output).toEqual({ restarted: true });
      expect(await revision()).toBe('2');
      expect((await restart.apply(target(), 'key-1', { attempt: 2 })).output).toEqual({ restarted: false });
      expect(await revision()).toBe('2');
      expect(await restart.read(made.state)).toEqual({ exists: true, detail: 'it was restarted' });
      await restart.destroy(made.state);
      expect(await restart.plan({ ...target(), name: 'nothing' })).toMatchObject({
        kind: 'cannot',
        summary: `There is no Deployment nothing in the namespace ${namespace} of the cluster real.`,
      });
      // The restart is not ours to see as drift of what was applied.
      expect(await world.bench('apply').plan(input([deploymentOf(image)]))).toMatchObject({ kind: 'none' });
    });

    it('scale, back again when undone, unless somebody changed it since', async () => {
      await inNamespace();
      await world.bench('apply').apply(input([deploymentOf(image)]));
      const scale = world.bench('scale');
      const wanted = { ...target(), replicas: 4 };
      expect(await scale.plan(wanted)).toMatchObject({ kind: 'change', summary: 'Deployment web: 2 → 4 replicas' });
      const made = await scale.apply(wanted);
      expect(made.output).toEqual({ replicas: 4, before: 2 });
      expect((await scale.apply(wanted, 'key-1', { attempt: 2 })).output).toEqual({ replicas: 4, before: 2 });
      expect(await scale.plan(wanted)).toMatchObject({ kind: 'none' });
      await scale.destroy(made.state);
      expect(await scale.read(made.state)).toEqual({ exists: true, detail: 'it differs: 2 replicas instead of 4' });
      const asleep = await scale.apply({ ...target(), replicas: 0 }, 'key-2');
      await world.applied(deploymentPath(namespace), { ...deploymentOf(image, 7), metadata: { name: 'web' } });
      await scale.destroy(asleep.state, 'key-2');
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ spec: { replicas: 7 } });
    });

    it('do not scale what an autoscaler scales', async () => {
      await inNamespace();
      await world.bench('apply').apply(input([deploymentOf(image)]));
      await world.applied(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/web-load`, {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web-load' },
        spec: {
          maxReplicas: 9,
          minReplicas: 2,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        },
      });
      const summary = 'Deployment web is scaled by the HorizontalPodAutoscaler web-load: change that one instead.';
      expect(await world.bench('scale').plan({ ...target(), replicas: 4 })).toEqual({ kind: 'cannot', summary });
      await expect(world.bench('scale').apply({ ...target(), replicas: 4 })).rejects.toMatchObject({
        publicMessage: summary,
      });
    });

    it('delete with what belongs to it; what is not ours only when told so; another one of the same name not at all', async () => {
      await inNamespace();
      await world.bench('apply').apply(input([deploymentOf(image)]));
      const bench = world.bench('delete');
      const wanted = { ...target(), apiVersion: 'apps/v1', kind: 'Deployment' };
      expect(await bench.plan(wanted)).toMatchObject({
        kind: 'change',
        summary: expect.stringContaining('can’t be undone'),
      });
      const made = await bench.apply(wanted);
      expect(made.output).toEqual({ deleted: true });
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ reason: 'NotFound' });
      expect(await world.get(`/apis/apps/v1/namespaces/${namespace}/replicasets`)).toMatchObject({ items: [] });
      expect(await bench.plan(wanted)).toMatchObject({ kind: 'none' });
      await world.applied(deploymentPath(namespace), deploymentOf(image));
      expect(await bench.plan(wanted)).toMatchObject({
        kind: 'cannot',
        summary: expect.stringContaining('left alone'),
      });
      expect((await bench.apply({ ...wanted, foreign: true }, 'key-1', { attempt: 2 })).output).toEqual({
        deleted: true,
      });
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ kind: 'Deployment' });
      await bench.apply({ ...wanted, foreign: true, propagation: 'background' }, 'key-2');
      expect(await world.get(deploymentPath(namespace))).toMatchObject({ reason: 'NotFound' });
    });
  });

  onPretended('who we are there', () => {
    it('is told when it is nobody known, and when it may not', async () => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
      const plan = (cluster: string) => world.bench('apply').plan({ cluster, namespace: 'default', objects: [object] });
      expect(await plan('stranger')).toEqual({
        kind: 'cannot',
        summary: 'The cluster stranger does not know our credentials. Tell the platform team.',
      });
      expect(await plan('guest')).toMatchObject({
        kind: 'cannot',
        summary: expect.stringMatching(
          /^The cluster guest does not allow us looking at ConfigMap settings: .*User "guest" cannot get resource "configmaps"/,
        ),
      });
    });
  });
}
