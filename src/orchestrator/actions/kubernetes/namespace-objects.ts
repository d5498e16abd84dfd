import { z } from 'zod';
import type { Json, JsonObject } from '../../../shared/index.js';
import type { ClusterObject } from './cluster-object.js';
import { namespaceName } from './manifest.js';

const OURS = 'quartermaster';
const LABEL_OF_NAME = 'kubernetes.io/metadata.name';
const DNS_PORTS = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));

const quantity = z.union([
  z.string().regex(/^\d+(?:\.\d+)?(?:m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/, 'a quantity like 500m, 2 or 4Gi'),
  z.int().min(0).transform(String),
]);
const quantities = z.record(z.string().regex(/^[a-z][\w./-]{0,120}$/), quantity);
const subject = z.string().min(1).max(200);

export const namespaceParts = z.object({
  name: namespaceName,
  labels: z.record(z.string().max(120), z.string().max(63)).default({}),
  /** What everything in it may take together: `requests.cpu`, `limits.memory`, `pods`, … */
  quota: quantities.default({}),
  /** What a container gets that says nothing, and the most it may say. */
  limits: z
    .strictObject({ default: quantities, request: quantities, most: quantities, least: quantities })
    .partial()
    .default({}),
  /** Pod Security Standard. */
  security: z.enum(['privileged', 'baseline', 'restricted']).default('baseline'),
  network: z
    .strictObject({
      /** `namespace`: only from inside it and the listed ones. */
      ingress: z.enum(['open', 'namespace']).default('namespace'),
      egress: z.enum(['open', 'namespace']).default('open'),
      namespaces: z
        .array(z.string().regex(/^[a-z0-9-]{1,63}$/))
        .max(20)
        .default([]),
    })
    .prefault({}),
  access: z
    .array(
      z
        .strictObject({
          role: z
            .string()
            .regex(/^[a-z0-9][a-z0-9.:-]{0,100}$/)
            .refine((role) => role !== 'cluster-admin', 'cluster-admin is not given out; take admin'),
          users: z.array(subject).max(50).default([]),
          groups: z.array(subject).max(50).default([]),
          serviceAccounts: z.array(subject).max(50).default([]),
        })
        .refine(
          ({ users, groups, serviceAccounts }) => users.length + groups.length + serviceAccounts.length > 0,
          'say who',
        ),
    )
    .max(20)
    .default([])
    .refine((entries) => new Set(entries.map(({ role }) => role)).size === entries.length, 'each role only once'),
});

export type NamespaceParts = z.output<typeof namespaceParts>;

/** The namespace and everything that keeps it in its bounds. */
export function namespaceObjects(parts: NamespaceParts): ClusterObject[] {
  const { name, labels, quota, security, access } = parts;
  const inside = (more: JsonObject): JsonObject & { name: string } => ({ name: OURS, namespace: name, ...more });
  const pod = 'pod-security.kubernetes.io';
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { ...labels, [`${pod}/enforce`]: security, [`${pod}/warn`]: security } },
    },
    ...(Object.keys(quota).length > 0
      ? [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: inside({}), spec: { hard: quota } }]
      : []),
    ...limitRange(parts.limits).map((spec) => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: inside({}), spec })),
    ...networkPolicy(parts.network).map((spec) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: inside({}),
      spec,
    })),
    ...access.map((entry) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: inside({ name: `${OURS}-${entry.role}` }),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: entry.role },
      subjects: subjectsOf(entry, name),
    })),
  ];
}

function limitRange({ default: usual, request, most, least }: NamespaceParts['limits']): JsonObject[] {
  const limit: JsonObject = {
    ...(usual !== undefined && { default: usual }),
    ...(request !== undefined && { defaultRequest: request }),
    ...(most !== undefined && { max: most }),
    ...(least !== undefined && { min: least }),
  };
  return Object.keys(limit).length === 0 ? [] : [{ limits: [{ type: 'Container', ...limit }] }];
}

function networkPolicy({ ingress, egress, namespaces }: NamespaceParts['network']): JsonObject[] {
  const types = [...(ingress === 'open' ? [] : ['Ingress']), ...(egress === 'open' ? [] : ['Egress'])];
  if (types.length === 0) return [];
  const near: Json[] = [
    { podSelector: {} },
    ...namespaces.map((name) => ({ namespaceSelector: { matchLabels: { [LABEL_OF_NAME]: name } } })),
  ];
  const names = { to: [{ namespaceSelector: { matchLabels: { [LABEL_OF_NAME]: 'kube-system' } } }], ports: DNS_PORTS };
  return [
    {
      podSelector: {},
      policyTypes: types,
      ...(ingress !== 'open' && { ingress: [{ from: near }] }),
      ...(egress !== 'open' && { egress: [{ to: near }, names] }),
    },
  ];
}

function subjectsOf({ users, groups, serviceAccounts }: NamespaceParts['access'][number], namespace: string): Json[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    ...users.map((name) => ({ apiGroup, kind: 'User', name })),
    ...groups.map((name) => ({ apiGroup, kind: 'Group', name })),
    ...serviceAccounts.map((name) => ({ kind: 'ServiceAccount', name, namespace })),
  ];
}
