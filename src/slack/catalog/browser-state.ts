import { z } from 'zod';
import type { ItemQuery } from '../../browsing/index.js';
import { ACTIONS } from '../action-ids.js';

/** What the browser of the catalog shows, and where it was opened. */
export interface BrowserState {
  readonly query: ItemQuery;
  readonly page: number;
  readonly channel: string | null;
}

/** The option that stands for no limit. */
export const ANY = '*';
/** Slack takes 3,000 characters of a modal's own; what is typed is in its state anyway. */
const MAX_WORDS = 200;

export const browserMetadata = z.object({
  words: z.string().default(''),
  tag: z.string().nullable().default(null),
  owner: z.string().nullable().default(null),
  sort: z.enum(['best', 'popular', 'title']).default('best'),
  page: z.number().int().min(0).default(0),
  channel: z.string().nullable().default(null),
});

const chosen = z.object({ selected_option: z.object({ value: z.string() }).nullish(), value: z.string().nullish() });
const entries = z.record(z.string(), z.record(z.string(), z.unknown()));
const click = z.object({ action_id: z.string() }).and(chosen);

export function metadataOfBrowser({ query, page, channel }: BrowserState): string {
  return JSON.stringify({ ...query, words: query.words.slice(0, MAX_WORDS), page, channel });
}

/** As it has to be shown after a click: what stands in its inputs, and the page that was asked for. */
export function browserAfter(
  metadata: z.output<typeof browserMetadata>,
  values: unknown,
  clicked: unknown,
): BrowserState {
  const { channel, page, ...before } = metadata;
  const inputs = Object.assign({}, ...Object.values(entries.catch({}).parse(values))) as Record<string, unknown>;
  const last = click.parse(clicked);
  const told = { ...inputs, [last.action_id]: last };
  const choice = (action: string, otherwise: string | null): string | null => {
    const value = chosen.safeParse(told[action]).data?.selected_option?.value;
    if (value === undefined) return otherwise;
    return value === ANY ? null : value;
  };
  const typed = chosen.safeParse(told[ACTIONS.catalogWords]).data;
  const query: ItemQuery = {
    words: typed === undefined ? before.words : (typed.value ?? '').slice(0, MAX_WORDS),
    tag: choice(ACTIONS.catalogTag, before.tag),
    owner: choice(ACTIONS.catalogOwner, before.owner),
    sort: browserMetadata.shape.sort.catch('best').parse(choice(ACTIONS.catalogSort, before.sort) ?? 'best'),
  };
  return { query, channel, page: pageAfter(last.action_id, page) };
}

/** Anything but turning the page begins at the first one. */
function pageAfter(action: string, page: number): number {
  if (action === ACTIONS.catalogNext) return page + 1;
  return action === ACTIONS.catalogPrevious ? Math.max(0, page - 1) : 0;
}
