import type { Json } from '../shared/index.js';

/** JSON as CEL sees it: whole numbers are `int`, so that `params.count + 1` works as authors expect. */
export function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]));
  return value;
}

/** The result of an expression as JSON. @throws TypeError for what JSON cannot hold (uint and duration too: write `int(…)` or `string(…)`). */
export function fromCel(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map) return fromEntries([...value.entries()]);
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return fromEntries(Object.entries(value));
  throw new TypeError('the expression gives something that JSON cannot hold');
}

function wholeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new TypeError('the expression gives a number that is too large');
  return number;
}

function fromEntries(entries: readonly (readonly [unknown, unknown])[]): Json {
  return Object.fromEntries(
    entries.map(([key, inner]) => [typeof key === 'string' ? key : JSON.stringify(fromCel(key)), fromCel(inner)]),
  );
}
