import { z } from 'zod';
import type { Json, JsonObject } from '../../../shared/index.js';
import type { ClusterObject } from './cluster-object.js';

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const namespaceName = z
  .string()
  .regex(dnsLabel, 'small letters, digits and dashes, at most 63')
  .refine((name) => !name.startsWith('kube-'), 'namespaces of Kubernetes itself are left alone');

export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?$/, 'small letters, digits, dashes and dots');

export const apiVersion = z
  .string()
  .regex(/^(?:[a-z0-9.-]{1,200}\/)?v\d+(?:(?:alpha|beta)\d+)?$/, 'like v1 or apps/v1');

export const kindName = z.string().regex(/^[A-Z][A-Za-z0-9]{0,80}$/, 'like Deployment');

/** One object as people write it for kubectl. */
export const manifest = z
  .object({
    apiVersion,
    kind: kindName.refine(
      (kind) => kind !== 'List' && kind !== 'Namespace',
      'use kubernetes:namespace for namespaces, and no lists',
    ),
    metadata: z
      .object({
        name: objectName,
        namespace: namespaceName.optional(),
        labels: z.record(z.string(), z.string()).optional(),
        annotations: z.record(z.string(), z.string()).optional(),
        generateName: z.never('a name has to be known beforehand: give `name`').optional(),
        managedFields: z.never('belongs to the cluster').optional(),
        uid: z.never('belongs to the cluster').optional(),
        resourceVersion: z.never('belongs to the cluster').optional(),
      })
      .catchall(z.json()),
    status: z.never('belongs to the cluster').optional(),
  })
  .catchall(z.json())
  .transform((object) => object as unknown as ClusterObject);

/** A part of a thing: `Deployment/orders`. */
export const kindAndName = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,80}\/[a-z0-9][a-z0-9.:-]{0,252}$/, 'like Deployment/orders');

export function withMetadata(
  object: ClusterObject,
  more: { labels?: JsonObject; annotations?: JsonObject },
): ClusterObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(more.labels !== undefined && { labels: { ...(metadata.labels as JsonObject | undefined), ...more.labels } }),
      ...(more.annotations !== undefined && {
        annotations: { ...(metadata.annotations as JsonObject | undefined), ...more.annotations },
      }),
    },
  };
}

/** A Secret with values in it; it is never shown, stored or compared. */
export function secretObject(name: string, values: Readonly<Record<string, string>>): ClusterObject {
  const data: Record<string, Json> = {};
  for (const [key, value] of Object.entries(values)) data[key] = Buffer.from(value, 'utf8').toString('base64');
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque', data };
}
