import { parseAllDocuments } from 'yaml';
import type { Json } from '../../../shared/index.js';
import { type ClusterObject, isObject, textAt, title } from '../kubernetes/cluster-object.js';
import { differenceLines } from '../kubernetes/difference.js';

/** The objects in what Helm renders. */
export function objectsIn(manifest: string): ClusterObject[] {
  return parseAllDocuments(manifest)
    .map((document) => document.toJS() as Json)
    .filter(isClusterObject);
}

function isClusterObject(value: Json): value is ClusterObject {
  return isObject(value) && textAt(value, 'kind') !== '' && textAt(value, 'metadata', 'name') !== '';
}

/** What another manifest would make, change and take away; values of Secrets are not told. */
export function manifestDifference(before: string, after: string): string[] {
  const [old, now] = [before, after].map(
    (text) => new Map(objectsIn(text).map((object) => [`${object.apiVersion} ${title(nameOf(object))}`, object])),
  );
  const names = new Set([...(now?.keys() ?? []), ...(old?.keys() ?? [])]);
  return [...names].flatMap((name) => {
    const [from, to] = [old?.get(name), now?.get(name)];
    if (from === undefined) return to === undefined ? [] : [`+ ${title(nameOf(to))}`];
    if (to === undefined) return [`- ${title(nameOf(from))}`];
    const lines = differenceLines(from, to);
    return lines.length === 0 ? [] : [`~ ${title(nameOf(to))}`, ...lines.map((line) => `   ${line}`)];
  });
}

function nameOf({ kind, metadata }: ClusterObject): { kind: string; name: string } {
  return { kind, name: metadata.name };
}
