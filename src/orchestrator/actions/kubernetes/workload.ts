import { z } from 'zod';
import type { JsonObject } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';
import { type ObjectRef, textAt, title } from './cluster-object.js';
import type { ClusterThings } from './cluster-things.js';
import { clusterName } from './clusters.js';
import { namespaceName, objectName } from './manifest.js';

/** Something that runs pods and can be rolled. */
export const workload = z.object({
  cluster: clusterName,
  namespace: namespaceName,
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']).default('Deployment'),
  name: objectName,
});

export type Workload = z.output<typeof workload>;

export function workloadRef({ kind, namespace, name }: Workload): ObjectRef {
  return { apiVersion: 'apps/v1', kind, namespace, name };
}

/** @throws ActionFailed when it is not there */
export async function foundWorkload(things: ClusterThings, of: Workload): Promise<JsonObject> {
  const ref = workloadRef(of);
  const living = await things.find(ref);
  if (living !== null) return living;
  throw new ActionFailed(
    `There is no ${title(ref)} in the namespace ${of.namespace} of the cluster ${of.cluster}.`,
    false,
  );
}

/** Who else decides how many there are; null: nobody. */
export async function autoscalerOf(things: ClusterThings, of: Workload): Promise<string | null> {
  const all = await things.listed('autoscaling/v2', 'HorizontalPodAutoscaler', of.namespace);
  const found = all.find(
    (one) =>
      textAt(one, 'spec', 'scaleTargetRef', 'kind') === of.kind &&
      textAt(one, 'spec', 'scaleTargetRef', 'name') === of.name,
  );
  return found === undefined ? null : textAt(found, 'metadata', 'name');
}
