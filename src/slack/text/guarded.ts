import type { Redactor } from '../../secrets/index.js';

/** Where Block Kit holds words; everything else is ids, types and addresses of our own making. */
const WORDS = new Set(['text', 'alt_text', 'description', 'accessibility_label']);

/** Whatever leaves for Slack passes the redactor: every text in it, however deep. */
export function guarded<T>(content: T, redactor: Pick<Redactor, 'text'>): T {
  return walk(content, redactor) as T;
}

function walk(value: unknown, redactor: Pick<Redactor, 'text'>): unknown {
  if (Array.isArray(value)) return value.map((entry) => walk(entry, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      typeof entry === 'string' && WORDS.has(key) ? redactor.text(entry) : walk(entry, redactor),
    ]),
  );
}
