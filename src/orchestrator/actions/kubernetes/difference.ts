import type { Json, JsonObject } from '../../../shared/index.js';
import { isObject } from './cluster-object.js';

const MOST_LINES = 40;
const LONGEST_VALUE = 60;
/** Kept by the cluster; they change without anybody wanting anything. */
const OF_THE_CLUSTER = new Set([
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.uid',
  'metadata.generation',
  'metadata.creationTimestamp',
  'status',
]);

/** One line for each field that would be another: `spec.replicas: 2 → 3`. Values of a Secret are not told. */
export function differenceLines(before: JsonObject, after: JsonObject): string[] {
  const isSecret = after.kind === 'Secret';
  const lines: string[] = [];
  compare('', before, after, (path, from, to) => {
    const hidden = isSecret && /^(?:data|stringData)\./.test(path);
    lines.push(
      hidden ? `${path}: ${from === undefined ? 'new' : 'another value'}` : `${path}: ${shown(from)} → ${shown(to)}`,
    );
  });
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`] : lines;
}

type Tell = (path: string, from: Json | undefined, to: Json | undefined) => void;

function compare(path: string, from: Json | undefined, to: Json | undefined, tell: Tell): void {
  if (OF_THE_CLUSTER.has(path) || JSON.stringify(from) === JSON.stringify(to)) return;
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (isObject(from) && isObject(to)) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)]))
      compare(below(name), from[name], to[name], tell);
    return;
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    for (const [name, one, other] of pairs(from, to)) compare(`${path}[${name}]`, one, other, tell);
    return;
  }
  tell(path, from, to);
}

/** Entries of lists belong together by their name, where they have one. */
function pairs(from: readonly Json[], to: readonly Json[]): [string, Json | undefined, Json | undefined][] {
  const nameOf = (value: Json, index: number): string =>
    isObject(value) && typeof value.name === 'string' ? value.name : String(index);
  const [before, after] = [from, to].map((list) => new Map(list.map((value, index) => [nameOf(value, index), value])));
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...names].map((name) => [name, before?.get(name), after?.get(name)]);
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
