import fc from 'fast-check';
import type { JsonObject } from '../../../shared/index.js';
import { differenceLines } from './difference.js';
import { ownedPart } from './owned-fields.js';
import { marked, markedLike, ownerOf, resourceOf } from './ownership.js';
import { podLabelsIn } from './pod-template.js';
import { troubleOf } from './pod-trouble.js';
import { readinessOf } from './readiness.js';

const object = (
  more: JsonObject = {},
): JsonObject & { apiVersion: string; kind: string; metadata: { name: string } } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  ...more,
});

describe('what is ours in a cluster', () => {
  const labels = { resourceId: 'res-1', team: 'payments', environment: 'development', requestId: 'req-1' };
  const by = { maker: 'run:1:1', changer: 'run:1:1' };

  it('is told by its marks', () => {
    const living = marked(object(), labels, by);
    expect(ownerOf(living, 'res-1', 'run:1:1')).toBe('this-step');
    expect(ownerOf(living, 'res-1', 'run:2:1')).toBe('this-resource');
    expect(ownerOf(living, 'res-2', 'run:2:1')).toBe('other-resource');
    expect(ownerOf(object(), 'res-1', 'run:1:1')).toBe('somebody');
  });

  it('tells for whom it is, on the pods of a workload too, and replaces no pod for a label', () => {
    const workload = (more: JsonObject = {}) =>
      object({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec: { template: { metadata: { labels: { app: 'web' } } } },
        ...more,
      });
    const made = marked(workload(), labels, by);
    expect(made.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'quartermaster',
      'quartermaster/resource': 'res-1',
      'quartermaster/team': 'payments',
      'quartermaster/environment': 'development',
      'quartermaster/request': 'req-1',
    });
    expect(podLabelsIn(made)).toEqual({
      app: 'web',
      'quartermaster/resource': 'res-1',
      'quartermaster/team': 'payments',
      'quartermaster/environment': 'development',
    });
    expect(markedLike(workload(), made).spec).toEqual(made.spec);
    // Made before pods carried labels; and when the team changes.
    expect(podLabelsIn(marked(workload(), labels, { ...by, living: workload() }))).toEqual({ app: 'web' });
    const other = marked(workload(), { ...labels, team: 'orders' }, { ...by, living: made });
    expect(podLabelsIn(other)).toEqual(podLabelsIn(made));
    expect(other.metadata.labels).toMatchObject({ 'quartermaster/team': 'orders' });
  });

  it('carries labels that Kubernetes takes, whatever a team is called, and tells different ones apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 80 }), (one, other) => {
        const value = (resourceId: string) => resourceOf(marked(object(), { ...labels, resourceId }, by));
        expect(value(one)).toMatch(/^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/);
        expect(value(one) === value(other)).toBe(one === other);
      }),
    );
  });
});

describe('our part of a living thing', () => {
  it('is what the cluster keeps as ours, also in lists', () => {
    const living = object({
      kind: 'Deployment',
      metadata: {
        name: 'web',
        namespace: 'orders',
        labels: { ours: 'a', theirs: 'b' },
        finalizers: ['x/keep', 'y/keep'],
        managedFields: [
          { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
          {
            manager: 'quartermaster',
            operation: 'Apply',
            fieldsV1: {
              'f:metadata': { 'f:labels': { 'f:ours': {} }, 'f:finalizers': { 'v:"x/keep"': {} } },
              'f:spec': {
                'f:replicas': {},
                'f:containers': {
                  'k:{"name":"web"}': {
                    '.': {},
                    'f:image': {},
                    'f:name': {},
                    'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                  },
                },
              },
            },
          },
        ],
      },
      spec: {
        replicas: 3,
        paused: true,
        containers: [
          { name: 'web', image: 'web:1', resources: {}, ports: [{ containerPort: 80, protocol: 'TCP' }] },
          { name: 'mesh', image: 'mesh:1' },
        ],
      },
    });
    expect(ownedPart(living)).toEqual({
      apiVersion: 'v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'orders', labels: { ours: 'a' }, finalizers: ['x/keep'] },
      spec: {
        replicas: 3,
        containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80, protocol: 'TCP' }] }],
      },
    });
    expect(ownedPart(object())).toBeNull();
  });
});

describe('differences', () => {
  it('are told by field, lists by the names in them, and never the values of a Secret', () => {
    const before = object({
      spec: { a: 1, list: [{ name: 'web', image: 'web:1' }, { name: 'old' }] },
      status: { x: 1 },
    });
    const after = object({ spec: { a: 2, list: [{ name: 'web', image: 'web:2' }] }, status: { x: 2 } });
    expect(differenceLines(before, after)).toEqual([
      'spec.a: 1 → 2',
      'spec.list[web].image: web:1 → web:2',
      'spec.list[old]: {"name":"old"} → (none)',
    ]);
    const secret = (data: JsonObject) => object({ kind: 'Secret', data });
    expect(differenceLines(secret({ a: 'AAAA' }), secret({ a: 'BBBB', b: 'CCCC' }))).toEqual([
      'data.a: another value',
      'data.b: new',
    ]);
    const wide = (value: number) =>
      object({ data: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`k${n}`, value])) });
    expect(differenceLines(wide(1), wide(2))).toHaveLength(41);
  });
});

describe('readiness', () => {
  const of = (kind: string, spec: JsonObject, status: JsonObject) =>
    readinessOf(object({ kind, metadata: { name: 'x', generation: 2 }, spec, status }));
  const seen = { observedGeneration: 2 };

  it.each([
    ['Deployment', { replicas: 2 }, { observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2 }, 'waiting'],
    ['Deployment', { replicas: 2 }, { ...seen, replicas: 3, updatedReplicas: 2, availableReplicas: 2 }, 'waiting'],
    ['Deployment', { replicas: 2 }, { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, 'ready'],
    ['Deployment', { replicas: 0 }, { ...seen }, 'ready'],
    [
      'Deployment',
      {},
      { ...seen, conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] },
      'failed',
    ],
    [
      'StatefulSet',
      { replicas: 2 },
      { ...seen, readyReplicas: 2, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
      'waiting',
    ],
    [
      'StatefulSet',
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...seen, readyReplicas: 2, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
      'ready',
    ],
    [
      'StatefulSet',
      { replicas: 2, updateStrategy: { type: 'OnDelete' } },
      { ...seen, readyReplicas: 2, currentRevision: 'a', updateRevision: 'b' },
      'ready',
    ],
    ['DaemonSet', {}, { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 }, 'waiting'],
    ['DaemonSet', {}, { ...seen, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 }, 'ready'],
    ['Job', {}, { conditions: [{ type: 'Failed', status: 'True', message: 'm' }] }, 'failed'],
    ['Job', { suspend: true }, {}, 'waiting'],
    ['Pod', {}, { phase: 'Failed' }, 'failed'],
    ['Pod', {}, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, 'ready'],
    ['ConfigMap', {}, {}, 'ready'],
  ] as [string, JsonObject, JsonObject, string][])('of a %s with %j and %j: %s', (kind, spec, status, is) => {
    expect(of(kind, spec, status).is).toBe(is);
  });

  it('tells a container that took too much memory, and does not mind one that is just starting', () => {
    const pod = (status: JsonObject) =>
      object({ kind: 'Pod', metadata: { name: 'p' }, status: { containerStatuses: [{ name: 'c', ...status }] } });
    const killed = { terminated: { reason: 'OOMKilled', exitCode: 137 } };
    expect(
      troubleOf(pod({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: killed, restartCount: 4 })),
    ).toMatchObject({
      why: 'pod p, container c: it ends again and again (it took more memory than its limit)',
      lasting: true,
    });
    expect(troubleOf(pod({ state: { waiting: { reason: 'ContainerCreating' } }, ready: false }))).toBeNull();
    expect(troubleOf(pod({ state: { terminated: { reason: 'Completed', exitCode: 0 } } }))).toBeNull();
  });
});
