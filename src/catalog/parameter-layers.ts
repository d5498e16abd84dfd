import type {
  BranchSchema,
  ConditionSchema,
  ObjectSchema,
  ParameterSchema,
  PartialParameter,
} from './parameter-schema.js';

/** A field as it is at this moment: what the object says of it, refined by every branch that holds. */
export interface DeclaredField {
  readonly name: string;
  readonly schema: ParameterSchema;
  readonly required: boolean;
}

/** A field as it may ever be. */
export interface PossibleField {
  readonly name: string;
  /** What each place of the file says of it, in the order of the file. */
  readonly layers: readonly PartialParameter[];
  /** Declared by the object itself, not by a branch only. */
  readonly always: boolean;
  /** Some branch hides it. */
  readonly hideable: boolean;
  readonly required: boolean;
  /** The fields that decide on it; empty for those of the object itself. */
  readonly after: readonly string[];
}

/** What is known about conditions: neither branch counts as long as what decides is not known. */
export interface Decisions {
  holds(condition: ConditionSchema): boolean | undefined;
  has(name: string): boolean;
}

/** The fields that exist now, in the order of the form: a field that a branch brings stands after the one that decides on it. */
export function fieldsOf(object: ObjectSchema, decisions: Decisions): DeclaredField[] {
  const stack = new Layers(
    (condition) => {
      const held = decisions.holds(condition);
      return held === undefined ? [] : [held];
    },
    (name) => decisions.has(name),
  );
  stack.add(object, []);
  return stack.all().flatMap(({ name, layers, required }) => {
    const schema = merged(layers);
    return stack.hidden.has(name) || schema.type === undefined
      ? []
      : [{ name, schema: schema as ParameterSchema, required }];
  });
}

/** Every field there may ever be, whatever holds. */
export function possibleFields(object: ObjectSchema): PossibleField[] {
  const stack = new Layers(
    () => [true, false],
    () => true,
  );
  stack.add(object, []);
  const base = new Set(Object.keys(object.properties ?? {}));
  const required = new Set(object.required);
  return stack.all().map((field) => ({
    ...field,
    always: base.has(field.name),
    hideable: stack.hidden.has(field.name),
    required: required.has(field.name),
  }));
}

/** The properties a condition looks at, as paths within its object; those in nested objects too. */
export function controllersOf(condition: ConditionSchema): string[] {
  const own = Object.entries(condition.properties ?? {}).flatMap(([name, inner]) => {
    const deeper = typeof inner === 'boolean' ? [] : controllersOf(inner).map((path) => `${name}/${path}`);
    return deeper.length === 0 ? [name] : deeper;
  });
  const { required = [], not, allOf = [], anyOf = [], oneOf = [] } = condition;
  const inside = [...(not === undefined ? [] : [not]), ...allOf, ...anyOf, ...oneOf].flatMap(controllersOf);
  const all = new Set([...own, ...inside]);
  for (const name of required) if (![...all].some((path) => path.startsWith(`${name}/`))) all.add(name);
  return [...all];
}

/** The object itself and everything that is added to it by conditions, however deep. */
export function branchesOf(branch: BranchSchema): BranchSchema[] {
  const { then: yes, else: no, allOf = [], dependentSchemas = {} } = branch;
  const inside = [yes, no, ...allOf, ...Object.values(dependentSchemas)].filter((one) => one !== undefined);
  return [branch, ...inside.flatMap(branchesOf)];
}

interface Entry {
  readonly name: string;
  readonly layers: PartialParameter[];
  readonly after: readonly string[];
}

class Layers {
  readonly hidden = new Set<string>();
  private readonly required = new Set<string>();
  private readonly entries: Entry[] = [];

  constructor(
    private readonly branchesOf: (condition: ConditionSchema) => readonly boolean[],
    private readonly has: (name: string) => boolean,
  ) {}

  add(branch: BranchSchema, after: readonly string[]): void {
    for (const [name, schema] of Object.entries(branch.properties ?? {})) {
      if (schema === false) this.hidden.add(name);
      else this.put(name, schema, after);
    }
    for (const name of branch.required ?? []) this.required.add(name);
    if (branch.if !== undefined) {
      const controllers = controllersOf(branch.if).map((path) => path.split('/')[0] ?? path);
      for (const holds of this.branchesOf(branch.if)) this.add((holds ? branch.then : branch.else) ?? {}, controllers);
    }
    for (const member of branch.allOf ?? []) this.add(member, after);
    for (const [name, names] of Object.entries(branch.dependentRequired ?? {}))
      if (this.has(name)) for (const other of names) this.required.add(other);
    for (const [name, schema] of Object.entries(branch.dependentSchemas ?? {}))
      if (this.has(name)) this.add(schema, [name]);
  }

  all(): (Entry & { required: boolean })[] {
    return this.entries.map((entry) => ({ ...entry, required: this.required.has(entry.name) }));
  }

  private put(name: string, schema: PartialParameter, after: readonly string[]): void {
    const known = this.entries.find((entry) => entry.name === name);
    if (known !== undefined) known.layers.push(schema);
    else this.entries.splice(this.placeAfter(after), 0, { name, layers: [schema], after });
  }

  /** After the last of the fields that decide, and after what stands there for the same reason already. */
  private placeAfter(names: readonly string[]): number {
    const last = this.entries.findLastIndex((entry) => names.includes(entry.name));
    if (last === -1) return this.entries.length;
    let place = last + 1;
    const group = new Set(names);
    for (; place < this.entries.length; place += 1) {
      const entry = this.entries[place];
      if (entry?.after.some((name) => group.has(name)) !== true) break;
      group.add(entry.name);
    }
    return place;
  }
}

/** Later words refine earlier ones; of bounds the tighter one holds. */
export function merged(layers: readonly PartialParameter[]): PartialParameter {
  return layers.reduce(
    (base, over) => ({
      ...withoutChoices(base, over),
      ...over,
      ...tightest(base, over, Math.max, 'minimum', 'exclusiveMinimum', 'minLength', 'minItems'),
      ...tightest(base, over, Math.min, 'maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'),
    }),
    {},
  );
}

type Bound =
  | 'minimum'
  | 'exclusiveMinimum'
  | 'minLength'
  | 'minItems'
  | 'maximum'
  | 'exclusiveMaximum'
  | 'maxLength'
  | 'maxItems';

function tightest(
  base: PartialParameter,
  over: PartialParameter,
  choose: (a: number, b: number) => number,
  ...bounds: Bound[]
): PartialParameter {
  return Object.fromEntries(
    bounds.flatMap((bound) => {
      const [a, b] = [base[bound], over[bound]];
      return a === undefined || b === undefined ? [] : [[bound, choose(a, b)]];
    }),
  );
}

function withoutChoices(base: PartialParameter, over: PartialParameter): PartialParameter {
  if (over.enum === undefined && over.oneOf === undefined) return base;
  const { enum: _enum, oneOf: _oneOf, ...rest } = base;
  return rest;
}
