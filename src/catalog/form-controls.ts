import { optionSourceOf } from './form-fields.js';
import { paramsIn, readsRequest } from './form-reads.js';
import { askingTemplates } from './option-needs.js';
import { branchesOf, controllersOf } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ObjectSchema, ParametersSchema, PartialParameter } from './parameter-schema.js';

/** Which fields others depend on: a change of one of them is shown at once. */
export interface FormControls {
  /** Whether something shows, hides or follows when this field changes. */
  controls(path: string): boolean;
  /** Whether defaults follow from the team or the environment. */
  readonly request: boolean;
}

const known = new WeakMap<ParametersSchema, FormControls>();

export function controlsOf(parameters: ParametersSchema): FormControls {
  const before = known.get(parameters);
  if (before !== undefined) return before;
  const found = new Set<string>();
  const templates: string[] = [];
  collect(resolvedSchema(parameters), '', found, templates);
  for (const path of templates.flatMap(paramsIn)) found.add(path);
  const paths = [...found];
  const made: FormControls = {
    request: templates.some(readsRequest),
    controls: (path) => {
      const general = path.replaceAll(/\/\d+\//g, '/*/');
      return paths.some((one) => one === general || general.startsWith(`${one}/`) || one.startsWith(`${general}/`));
    },
  };
  known.set(parameters, made);
  return made;
}

function collect(object: ObjectSchema, prefix: string, found: Set<string>, templates: string[]): void {
  for (const branch of branchesOf(object)) {
    const { if: condition, properties = {}, dependentRequired = {}, dependentSchemas = {} } = branch;
    const deciding = condition === undefined ? [] : controllersOf(condition);
    for (const name of [...deciding, ...Object.keys(dependentRequired), ...Object.keys(dependentSchemas)])
      found.add(`${prefix}${name}`);
    for (const [name, schema] of Object.entries(properties))
      if (schema !== false) inside(schema, `${prefix}${name}`, found, templates);
  }
}

function inside(schema: PartialParameter, path: string, found: Set<string>, templates: string[]): void {
  if (schema['x-default'] !== undefined) templates.push(schema['x-default']);
  const source = optionSourceOf(schema);
  if (source !== undefined) templates.push(...askingTemplates(source));
  if (schema.type === 'object') collect(schema, `${path}/`, found, templates);
  if (schema.items?.type === 'object') collect(schema.items, `${path}/*/`, found, templates);
}
