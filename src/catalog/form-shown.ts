import type { Json } from '../shared/index.js';
import type { FormField } from './form-field.js';
import type { SettledField } from './form-settle.js';

/** What stands in a field that nobody touched, or what was typed into it; undefined for an empty one. */
export function contentOf({ given, fallback, schema }: SettledField): Json | undefined {
  if (given === undefined) return fallback;
  // Others count on a default: where there is one, it comes back.
  return given ?? (schema.default === undefined ? undefined : fallback);
}

/**
 * The same as an input gives it back when nobody touches it: text, several texts, or null for none. What the input could
 * not show, like an option that is not offered now, is none.
 */
export function shownAs(field: FormField, content: Json | undefined): Json {
  if (content === undefined || content === null) return null;
  switch (field.kind) {
    case 'enum':
      return offered(field, [content])[0] ?? null;
    case 'multi-enum':
      return someOf(offered(field, Array.isArray(content) ? content : []));
    case 'multi-options':
    case 'people':
    case 'channels':
      return someOf(Array.isArray(content) ? content.map(textOf) : []);
    case 'lines':
      return Array.isArray(content) ? (content.length === 0 ? null : content.map(textOf).join('\n')) : textOf(content);
    case 'number':
      return matching(textOf(content), /^-?\d+(\.\d+)?$/);
    case 'date':
      return matching(textOf(content), /^\d{4}-\d{2}-\d{2}$/);
    case 'time':
      return matching(textOf(content).slice(0, 5), /^\d{2}:\d{2}$/);
    case 'date-time':
      return momentOf(textOf(content));
    default:
      return textOf(content) === '' ? null : textOf(content);
  }
}

/** Whether an input came back as it was shown. */
export function isUntouched(shown: Json, read: Json): boolean {
  const none = (value: Json): boolean => value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return (none(shown) && none(read)) || JSON.stringify(sorted(shown)) === JSON.stringify(sorted(read));
}

function offered({ options = [] }: FormField, values: readonly Json[]): string[] {
  const chosen = new Set(values.map(textOf));
  return options.map(({ value }) => value).filter((value) => chosen.has(value));
}

function momentOf(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function matching(text: string, pattern: RegExp): string | null {
  return pattern.test(text) ? text : null;
}

function someOf(values: readonly string[]): string[] | null {
  return values.length === 0 ? null : [...values];
}

function textOf(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** In which order options were ticked means nothing. */
function sorted(value: Json): Json {
  return Array.isArray(value) ? [...value].map(textOf).sort((a, b) => (a < b ? -1 : 1)) : value;
}
