import type { JsonObject } from '../../../shared/index.js';
import { at, type ClusterObject, isObject, textAt } from './cluster-object.js';

const BELOW_SPEC: Readonly<Record<string, readonly string[]>> = {
  'apps/v1 Deployment': ['template'],
  'apps/v1 StatefulSet': ['template'],
  'apps/v1 DaemonSet': ['template'],
  'apps/v1 ReplicaSet': ['template'],
  'batch/v1 Job': ['template'],
  'batch/v1 CronJob': ['jobTemplate', 'spec', 'template'],
};

/** The labels of the pods that a workload makes; empty for everything else. */
export function podLabelsIn(object: JsonObject): JsonObject {
  const place = placeIn(object);
  const found = place === null ? null : at(object, ...place, 'metadata', 'labels');
  return isObject(found) ? found : {};
}

/** The same workload whose pods carry these labels, too; everything else as it is. */
export function withPodLabels(object: ClusterObject, labels: JsonObject): ClusterObject {
  const place = placeIn(object);
  if (place === null || Object.keys(labels).length === 0 || !isObject(at(object, ...place))) return object;
  return withAt(object, [...place, 'metadata', 'labels'], labels) as ClusterObject;
}

function placeIn(object: JsonObject): string[] | null {
  const below = BELOW_SPEC[`${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}`];
  return below === undefined ? null : ['spec', ...below];
}

function withAt(object: JsonObject, [name, ...rest]: readonly string[], more: JsonObject): JsonObject {
  if (name === undefined) return { ...object, ...more };
  const inner = object[name];
  return { ...object, [name]: withAt(isObject(inner) ? inner : {}, rest, more) };
}
