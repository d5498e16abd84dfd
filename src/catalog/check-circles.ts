import type { Fault } from './check-parameters.js';
import { paramsIn } from './form-reads.js';
import { branchesOf, controllersOf } from './parameter-layers.js';
import type { ResolvedParameters } from './parameter-refs.js';
import type { BranchSchema, ObjectSchema, PartialParameter } from './parameter-schema.js';

/** For each field by path, the fields it depends on; and where that is written. */
interface Graph {
  readonly edges: Map<string, Set<string>>;
  readonly places: Map<string, object>;
}

/** Fields that decide on each other in a circle: no form could say what shows first. */
export function circleProblems(resolved: ResolvedParameters): Fault[] {
  const graph: Graph = { edges: new Map(), places: new Map() };
  collect(resolved.schema, '', graph);
  for (const path of graph.edges.keys()) {
    const circle = circleFrom(path, graph, []);
    if (circle !== undefined)
      return [
        {
          at: resolved.pathOf(graph.places.get(path) ?? resolved.schema),
          message: `these fields depend on each other in a circle: ${circle.join(' → ')}`,
          remedy: 'let one of them not depend on the others',
        },
      ];
  }
  return [];
}

function collect(object: ObjectSchema, prefix: string, graph: Graph): void {
  for (const branch of branchesOf(object))
    for (const [name, schema] of Object.entries(branch.properties ?? {}))
      if (schema !== false) field(schema, `${prefix}${name}`, graph);
  decisions(object, [], prefix, graph);
}

function field(schema: PartialParameter, path: string, graph: Graph): void {
  link(graph, path, paramsIn(schema['x-default'] ?? ''), schema);
  if (schema.type === 'object') collect(schema, `${path}/`, graph);
  if (schema.items?.type === 'object') collect(schema.items, `${path}/*/`, graph);
}

/** Whatever a branch speaks of depends on all that decides about the branch. */
function decisions(branch: BranchSchema, deciding: readonly string[], prefix: string, graph: Graph): void {
  const spoken = [...Object.keys(branch.properties ?? {}), ...(branch.required ?? [])];
  for (const name of spoken) link(graph, `${prefix}${name}`, deciding, branch);
  const { if: condition, then: yes, else: no, allOf = [], dependentRequired = {}, dependentSchemas = {} } = branch;
  const more = condition === undefined ? [] : controllersOf(condition).map((path) => `${prefix}${path}`);
  for (const inner of [yes, no]) if (inner !== undefined) decisions(inner, [...deciding, ...more], prefix, graph);
  for (const inner of allOf) decisions(inner, deciding, prefix, graph);
  for (const [name, inner] of Object.entries(dependentSchemas))
    decisions(inner, [...deciding, `${prefix}${name}`], prefix, graph);
  for (const other of Object.values(dependentRequired).flat()) link(graph, `${prefix}${other}`, deciding, branch);
}

function link(graph: Graph, from: string, to: readonly string[], place: object): void {
  const known = graph.edges.get(from) ?? new Set<string>();
  for (const path of to) known.add(path);
  graph.edges.set(from, known);
  if (to.length > 0) graph.places.set(from, place);
}

function circleFrom(path: string, graph: Graph, way: readonly string[]): string[] | undefined {
  const at = way.indexOf(path);
  if (at !== -1) return [...way.slice(at), path];
  for (const next of graph.edges.get(path) ?? [])
    for (const target of reached(next, graph)) {
      const circle = circleFrom(target, graph, [...way, path]);
      if (circle !== undefined) return circle;
    }
  return undefined;
}

/** A dependency on an object is one on all of its fields; a dependency on `name.size` is one on `name`. */
function reached(path: string, graph: Graph): string[] {
  const paths = [...graph.edges.keys()];
  const within = paths.filter((one) => one === path || one.startsWith(`${path}/`));
  if (within.length > 0) return within;
  const parent = path.split('/').slice(0, -1).join('/');
  return parent === '' ? [] : reached(parent, graph);
}
