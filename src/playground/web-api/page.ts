import { Refusal } from '../workspace/refusal.js';

export interface PageRequest {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/**
 * One page of a list, and Slack's `next_cursor` (empty at the end). The cursor names the item the next page starts with,
 * so that what came or went meanwhile moves nothing.
 */
export function page<T>(
  items: T[],
  { limit, cursor }: PageRequest,
  { defaultLimit, maxLimit, key }: { defaultLimit: number; maxLimit: number; key: (item: T) => string },
): { items: T[]; nextCursor: string } {
  if (limit !== undefined && limit < 1) throw new Refusal('invalid_limit');
  const size = Math.min(limit ?? defaultLimit, maxLimit);
  const from = startOf(items, cursor, key);
  const next = items[from + size];
  return { items: items.slice(from, from + size), nextCursor: next === undefined ? '' : encode(key(next)) };
}

function startOf<T>(items: T[], cursor: string | undefined, key: (item: T) => string): number {
  if (cursor === undefined || cursor === '') return 0;
  const wanted = Buffer.from(cursor, 'base64').toString('utf8');
  const index = items.findIndex((item) => `next:${key(item)}` === wanted);
  if (index < 0) throw new Refusal('invalid_cursor');
  return index;
}

const encode = (key: string): string => Buffer.from(`next:${key}`).toString('base64');
