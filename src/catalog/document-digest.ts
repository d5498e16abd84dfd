import { digestOf, type Json } from '../shared/index.js';

/** What a version is known by. The examples in a document are tests of it: they may change without a new version. */
export function documentDigest(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return digestOf(value);
  const { examples: _examples, ...rest } = value;
  return digestOf(rest);
}
