import type { Json } from '../shared/index.js';

/** What somebody has entered so far, by path: `name`, `network/port`, `rules/0/port`. */
export interface Entered {
  /** As it was typed or chosen; null when it was emptied on purpose, undefined when nobody touched it. */
  given(path: string): Json | undefined;
  /** Whether an optional object or list was asked for; undefined when nobody said. */
  wanted(path: string): boolean | undefined;
  /** How many entries a list of objects has; undefined when nobody said. */
  count(path: string): number | undefined;
}

/** Parameters as JSON: of an API, an example, a request that was sent before. */
export class EnteredJson implements Entered {
  constructor(private readonly whole: Json) {}

  given(path: string): Json | undefined {
    let value: Json | undefined = this.whole;
    for (const part of path.split('/')) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
      value = (value as Record<string, Json>)[part];
    }
    return value;
  }

  wanted(path: string): boolean | undefined {
    const value = this.given(path);
    return value === undefined || value === null ? undefined : true;
  }

  count(path: string): number | undefined {
    const value = this.given(path);
    return Array.isArray(value) ? value.length : undefined;
  }
}

/** Marks beside the paths of fields, which hold only letters, digits, _ and /. */
const WANTED = '?';
const COUNT = '#';

/**
 * What a person typed into a form, page by page, flat: so that what is hidden now, or does not fit now, is kept and comes
 * back. Immutable; each change answers with a new one.
 */
export class TypedForm implements Entered {
  constructor(readonly values: Readonly<Record<string, Json>> = {}) {}

  given(path: string): Json | undefined {
    return Object.hasOwn(this.values, path) ? this.values[path] : undefined;
  }

  wanted(path: string): boolean | undefined {
    const said = this.given(`${path}${WANTED}`);
    return typeof said === 'boolean' ? said : undefined;
  }

  count(path: string): number | undefined {
    const count = this.given(`${path}${COUNT}`);
    return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
  }

  with(path: string, value: Json): TypedForm {
    return new TypedForm({ ...this.values, [path]: value });
  }

  wanting(path: string, wanted: boolean): TypedForm {
    return this.with(`${path}${WANTED}`, wanted);
  }

  /** With `count` entries; those beyond are kept, should they be wanted again. */
  counting(path: string, count: number): TypedForm {
    return this.with(`${path}${COUNT}`, count);
  }

  /** Without the entry at `index`; those behind it move up. `count` is how many there were. */
  withoutEntry(path: string, index: number, count: number): TypedForm {
    const moved = Object.entries(this.values).flatMap(([key, value]): [string, Json][] => {
      const [at, rest] = placeIn(path, key);
      if (at === undefined || at < index) return [[key, value]];
      return at === index ? [] : [[`${path}/${at - 1}${rest}`, value]];
    });
    return new TypedForm(Object.fromEntries(moved)).counting(path, count - 1);
  }

  /** As if a person had typed these parameters: to begin from an earlier request. */
  static of(parameters: Readonly<Record<string, Json>>): TypedForm {
    return new TypedForm(Object.fromEntries(flat(parameters, '')));
  }
}

function placeIn(path: string, key: string): [index: number | undefined, rest: string] {
  if (!key.startsWith(`${path}/`)) return [undefined, ''];
  const [, digits, rest = ''] = /^(\d+)(.*)$/s.exec(key.slice(path.length + 1)) ?? [];
  return [digits === undefined ? undefined : Number(digits), rest];
}

function* flat(value: Json, path: string): Generator<[string, Json]> {
  const inside = (key: string | number): string => (path === '' ? String(key) : `${path}/${key}`);
  if (Array.isArray(value) && value.some((entry) => typeof entry === 'object' && entry !== null)) {
    yield [`${path}${COUNT}`, value.length];
    yield [`${path}${WANTED}`, value.length > 0];
    for (const [index, inner] of value.entries()) yield* flat(inner, inside(index));
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (path !== '') yield [`${path}${WANTED}`, true];
    for (const [key, inner] of Object.entries(value)) yield* flat(inner, inside(key));
  } else yield [path, value];
}
