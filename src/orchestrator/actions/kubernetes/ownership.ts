import { digestOf, type Json, type JsonObject } from '../../../shared/index.js';
import type { Labels } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { type ClusterObject, textAt } from './cluster-object.js';
import { withMetadata } from './manifest.js';
import { podLabelsIn, withPodLabels } from './pod-template.js';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const US = 'quartermaster';
const PREFIX = 'quartermaster/';
const RESOURCE = `${PREFIX}resource`;
/** What pods carry: who pays for them. Not the request, or each one would replace them. */
const WHOSE = [RESOURCE, `${PREFIX}team`, `${PREFIX}environment`];
const LABELS = [MANAGED_BY, ...WHOSE, `${PREFIX}request`];
/** Which step made it. */
const MAKER = 'quartermaster/made-by';
/** Which step changed it last. */
const CHANGER = 'quartermaster/changed-by';

/** Whose a thing of a cluster is: made by this very step, by another step of the same resource, or none of ours. */
export type Owner = 'this-step' | 'this-resource' | 'other-resource' | 'somebody';

/** `living`: what is there already; its pods keep the labels that they have, so that none is replaced for a label. */
export function marked(
  object: ClusterObject,
  labels: Labels,
  { maker, changer, living = null }: { maker: string; changer: string; living?: JsonObject | null },
): ClusterObject {
  const all = Object.entries(labelsUnder(PREFIX, labels)).map(([name, value]) => [name, labelValue(value)] as const);
  const pods = living === null ? Object.fromEntries(all.filter(([name]) => WHOSE.includes(name))) : podMarks(living);
  return withMetadata(withPodLabels(object, pods), {
    labels: { [MANAGED_BY]: US, ...Object.fromEntries(all) },
    annotations: { [MAKER]: maker, [CHANGER]: changer },
  });
}

/** With the marks that the living thing carries: a comparison then shows only what people wrote. */
export function markedLike(object: ClusterObject, living: JsonObject): ClusterObject {
  const kept = (place: string, names: readonly string[]): JsonObject =>
    Object.fromEntries(names.flatMap((name) => unlessEmpty(name, textAt(living, 'metadata', place, name))));
  return withMetadata(withPodLabels(object, podMarks(living)), {
    labels: kept('labels', LABELS),
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

function podMarks(living: JsonObject): JsonObject {
  const found = podLabelsIn(living);
  return Object.fromEntries(WHOSE.flatMap((name) => unlessEmpty(name, found[name] ?? '')));
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
