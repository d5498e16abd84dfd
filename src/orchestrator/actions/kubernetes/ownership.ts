import { digestOf, type Json, type JsonObject } from '../../../shared/index.js';
import type { Labels } from '../../action.js';
import { type ClusterObject, textAt } from './cluster-object.js';
import { withMetadata } from './manifest.js';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const US = 'quartermaster';
const RESOURCE = 'quartermaster/resource';
const TEAM = 'quartermaster/team';
const ENVIRONMENT = 'quartermaster/environment';
/** Which step made it. */
const MAKER = 'quartermaster/made-by';
/** Which step changed it last. */
const CHANGER = 'quartermaster/changed-by';

/** Whose a thing of a cluster is: made by this very step, by another step of the same resource, or none of ours. */
export type Owner = 'this-step' | 'this-resource' | 'other-resource' | 'somebody';

export function marked(
  object: ClusterObject,
  labels: Labels,
  { maker, changer }: { maker: string; changer: string },
): ClusterObject {
  return withMetadata(object, {
    labels: {
      [MANAGED_BY]: US,
      [RESOURCE]: labelValue(labels.resourceId),
      [TEAM]: labelValue(labels.team),
      [ENVIRONMENT]: labelValue(labels.environment),
    },
    annotations: { [MAKER]: maker, [CHANGER]: changer },
  });
}

/** With the marks that the living thing carries: a comparison then shows only what people wrote. */
export function markedLike(object: ClusterObject, living: JsonObject): ClusterObject {
  const kept = (place: string, names: readonly string[]): JsonObject =>
    Object.fromEntries(names.flatMap((name) => unlessEmpty(name, textAt(living, 'metadata', place, name))));
  return withMetadata(object, {
    labels: kept('labels', [MANAGED_BY, RESOURCE, TEAM, ENVIRONMENT]),
    annotations: kept('annotations', [MAKER, CHANGER]),
  });
}

export function ownerOf(living: JsonObject, resourceId: string, key: string): Owner {
  if (!isManaged(living)) return 'somebody';
  if (keyOf(living) === key) return 'this-step';
  return resourceOf(living) === labelValue(resourceId) ? 'this-resource' : 'other-resource';
}

export function isManaged(living: JsonObject): boolean {
  return textAt(living, 'metadata', 'labels', MANAGED_BY) === US;
}

export function keyOf(living: JsonObject): string {
  return textAt(living, 'metadata', 'annotations', MAKER);
}

export function changedBy(living: JsonObject): string {
  return textAt(living, 'metadata', 'annotations', CHANGER);
}

export function resourceOf(living: JsonObject): string {
  return textAt(living, 'metadata', 'labels', RESOURCE);
}

/** Kubernetes allows few letters in a label: what does not fit is told apart by a digest. */
function labelValue(text: string): string {
  if (/^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/.test(text)) return text;
  const plain = text.replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${plain.slice(0, 40)}-${digestOf(text).replace(/\W/g, '').slice(0, 12)}`.replace(/^-/, '');
}

function unlessEmpty(name: string, value: Json): [string, Json][] {
  return value === '' ? [] : [[name, value]];
}
