import { createHash } from 'node:crypto';

/** PostgreSQL cuts identifiers after 63 bytes, silently; so we never make longer ones. */
const MAX_IDENTIFIER_BYTES = 63;
const DIGEST_LETTERS = 8;

/**
 * One lower-case identifier ([a-z0-9_], at most 63 bytes, starting with a letter) from several parts, joined by `_`.
 * Different parts give different identifiers: wherever joining would lose something, a short digest of the parts is added.
 */
export function identifierOf(parts: readonly string[]): string {
  const cleaned = parts.map((part) => part.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_'));
  const joined = cleaned.join('_');
  const text = /^[a-z]/.test(joined) ? joined : `x_${joined}`;
  const lossless =
    text === joined &&
    parts.every((part, index) => part === cleaned[index] && part !== '') &&
    parts.slice(0, -1).every((part) => !part.includes('_'));
  if (lossless && text.length <= MAX_IDENTIFIER_BYTES) return text;
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGEST_LETTERS);
  return `${text.slice(0, MAX_IDENTIFIER_BYTES - DIGEST_LETTERS - 1)}_${digest}`;
}
