import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clusters } from '../../src/orchestrator/actions/kubernetes/clusters.js';
import { kubernetesActions } from '../../src/orchestrator/actions/kubernetes/kubernetes.actions.js';
import { ObjectSet } from '../../src/orchestrator/actions/kubernetes/object-set.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { writeKubeconfig } from '../builders/cluster-world.js';
import { freePort } from '../builders/free-port.js';
import { ApiServer } from '../fakes/api-server.js';

/** What is refused before or without an answer of a cluster. */
describe('kubernetes actions that can’t reach a cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-refusals-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const benchesOf = (clusters: Clusters) =>
    new Map(
      kubernetesActions(new ObjectSet(clusters, () => Promise.resolve())).map(
        (action) => [action.id, new ActionBench(action)] as const,
      ),
    );
  const map: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
  const input = (cluster: string, more: JsonObject = {}): JsonObject => ({
    cluster,
    namespace: 'orders',
    objects: [map],
    ...more,
  });

  it('plan what their examples say where nothing is listed', async () => {
    for (const bench of benchesOf(new Clusters()).values())
      for (const example of bench.action.examples) {
        expect(bench.problems(example.input)).toEqual([]);
        expect(await bench.plan(example.input)).toEqual({
          kind: example.plan,
          summary: 'The cluster example is not on the list of this installation. The platform team can add it.',
        });
      }
  });

  it('say what is wrong with the list, never with a value of it', async () => {
    const kubeconfig = writeKubeconfig(folder, 'http://127.0.0.1:1', { admin: 'token-very-secret' });
    const broken = join(folder, 'broken');
    writeFileSync(broken, '{ no yaml: [');
    const summary = (clusters: Clusters) => benchesOf(clusters).get('kubernetes:apply')?.plan(input('real'));
    const unusable = {
      kind: 'cannot',
      summary: 'The cluster real is listed, but its entry in the kubeconfig can’t be used. Tell the platform team.',
    };
    expect(await summary(new Clusters({ kubeconfig, contexts: { real: 'missing' } }))).toEqual(unusable);
    expect(await summary(new Clusters({ kubeconfig: broken, contexts: { real: 'admin' } }))).toEqual(unusable);
    expect(await summary(new Clusters({ kubeconfig: join(folder, 'nowhere'), contexts: { real: 'admin' } }))).toEqual(
      unusable,
    );
    expect(await summary(new Clusters({ contexts: { toString: 'admin' } }))).toMatchObject({ kind: 'cannot' });
  });

  it('tell a server that is down, one that is busy, and one that talks nonsense; what may work later is tried again', async () => {
    const api = await ApiServer.start(() => ({ status: 404 }));
    const real = new Clusters({
      kubeconfig: writeKubeconfig(folder, api.url, { admin: 't' }),
      contexts: { real: 'admin' },
    });
    const apply = benchesOf(real).get('kubernetes:apply');
    const failure = () => apply?.intend(input('real'), `key-${Math.random()}`).catch((error: unknown) => error);
    const status = (code: number, message: string) => ({ status: code, body: { kind: 'Status', message, code } });
    api.next.push(status(429, 'too many requests'));
    expect(await failure()).toMatchObject({
      publicMessage: 'The cluster real answered 429 when looking for v1: too many requests',
      retryable: true,
    });
    api.next.push({ status: 200, body: 'not a list' });
    expect(await failure()).toMatchObject({
      publicMessage: 'The cluster real answered 200 when looking for v1.',
      retryable: false,
    });
    await api.stop();
    expect(await failure()).toMatchObject({ publicMessage: 'The cluster real does not answer.', retryable: true });
  });

  it('read the kubeconfig again when it changed', async () => {
    const [old, now] = [await freePort(), await freePort()];
    const kubeconfig = writeKubeconfig(folder, `http://127.0.0.1:${old}`, { admin: 'first' });
    const clusters = new Clusters({ kubeconfig, contexts: { real: 'admin' } });
    expect(await clusters.kubeconfig('real')).toContain(`"server":"http://127.0.0.1:${old}"`);
    writeKubeconfig(folder, `http://127.0.0.1:${now}`, { admin: 'second', other: 'token-of-another' });
    utimesSync(kubeconfig, new Date(), new Date(Date.now() + 5_000));
    const exported = await clusters.kubeconfig('real');
    expect(exported).toContain(`"server":"http://127.0.0.1:${now}"`);
    expect(exported).toContain('second');
    expect(exported).not.toContain('token-of-another');
  });

  const bad: [string, JsonObject, string][] = [
    ['apply', { objects: [] }, ''],
    ['apply', { objects: [map, map] }, 'objects'],
    ['apply', { objects: [{ kind: 'ConfigMap', metadata: { name: 'x' } }] }, 'objects.0.apiVersion'],
    ['apply', { objects: [{ ...map, metadata: { name: 'Upper' } }] }, 'objects.0.metadata.name'],
    ['apply', { objects: [{ ...map, metadata: { name: '../x' } }] }, 'objects.0.metadata.name'],
    ['apply', { objects: [{ ...map, metadata: { generateName: 'x-' } }] }, 'objects.0.metadata.name'],
    [
      'apply',
      { objects: [{ ...map, metadata: { name: 'x', namespace: 'kube-system' } }] },
      'objects.0.metadata.namespace',
    ],
    [
      'apply',
      { objects: [{ ...map, metadata: { name: 'x', managedFields: [] } }] },
      'objects.0.metadata.managedFields',
    ],
    ['apply', { objects: [{ ...map, kind: 'Secret', data: { a: 'Yg==' } }] }, 'objects.0'],
    ['apply', { objects: [{ ...map, kind: 'Namespace' }] }, 'objects.0.kind'],
    ['apply', { objects: [{ ...map, status: {} }] }, 'objects.0.status'],
    ['apply', { namespace: 'kube-system' }, 'namespace'],
    ['apply', { cluster: 'https://elsewhere.example.org' }, 'cluster'],
    ['apply', { server: 'https://elsewhere.example.org' }, ''],
    ['apply', { secrets: { database: { password: 'plain' } } }, 'secrets.database.password'],
    ['apply', { values: { ip: '${{ objects }}' } }, 'values.ip'],
    ['apply', { values: { ip: 'nothing.spec' } }, 'values.ip'],
    ['apply', { conditions: { orders: 'Ready' } }, 'conditions.orders'],
    ['apply', { waitSeconds: -1 }, 'waitSeconds'],
    ['namespace', { name: 'kube-public' }, 'name'],
    ['namespace', { quota: { 'limits.cpu': 'lots' } }, 'quota.limits.cpu'],
    ['namespace', { access: [{ role: 'edit' }] }, 'access.0'],
    ['namespace', { access: [{ role: 'cluster-admin', users: ['me'] }] }, 'access.0.role'],
    ['namespace', { network: { ingress: 'closed' } }, 'network.ingress'],
    ['scale', { replicas: -1 }, 'replicas'],
    ['scale', { kind: 'DaemonSet' }, 'kind'],
    ['restart', { kind: 'Pod' }, 'kind'],
    ['delete', { kind: 'deployment' }, 'kind'],
    ['delete', { apiVersion: 'apps/../v1' }, 'apiVersion'],
  ];
  it.each(bad)('kubernetes:%s refuses %j, at %j', (action, wrong, place) => {
    const good: Record<string, JsonObject> = {
      apply: input('real'),
      namespace: { cluster: 'real', name: 'orders' },
      scale: { cluster: 'real', namespace: 'orders', name: 'web', replicas: 2 },
      restart: { cluster: 'real', namespace: 'orders', name: 'web' },
      delete: { cluster: 'real', namespace: 'orders', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    };
    const bench = benchesOf(new Clusters()).get(`kubernetes:${action}`);
    expect(bench?.problems(good[action] ?? {})).toEqual([]);
    expect(bench?.problems({ ...good[action], ...wrong })).toContain(place);
  });
});
