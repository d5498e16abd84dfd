/** Who holds some of a limited good. */
export interface Holder {
  /** Of the resource or run. */
  readonly id: string;
  readonly title: string;
  /** Slack user id. */
  readonly ownerId: string;
  readonly amount: number;
}

/** How one unit stands, and what is wanted of it. */
export interface QuotaLine {
  readonly unit: string;
  /** In the plural: `databases`. */
  readonly title: string;
  readonly wants: number;
  /** Null when catalog/quotas.yaml does not say: then nothing may be taken. */
  readonly limit: number | null;
  readonly held: number;
  /** Wanted by those who queued before. */
  readonly queued: number;
  readonly exceeded: boolean;
  /** Only when it is exceeded: the greatest first, at most {@link MOST_HOLDERS}. */
  readonly holders: readonly Holder[];
}

export const MOST_HOLDERS = 10;

/** "databases: 3 of 10 used, this takes 1" */
export function quotaSentence({ title, wants, limit, held, queued }: QuotaLine): string {
  if (limit === null) return `${title}: no limit is set in catalog/quotas.yaml, so none can be taken`;
  const ahead = queued === 0 ? '' : `, ${words(queued)} wanted by earlier requests in the queue`;
  return `${title}: ${words(held)} of ${words(limit)} used${ahead}, this takes ${words(wants)}`;
}

/** Who stands in the way, by name. */
export function holdersSentence({ holders, held }: QuotaLine): string {
  if (holders.length === 0) return '';
  const named = holders.map(({ title, amount }) => (amount === 1 ? title : `${title} (${words(amount)})`));
  const rest = held - holders.reduce((sum, holder) => sum + holder.amount, 0);
  return `Held by ${named.join(', ')}${rest > 0 ? ` and others (${words(rest)})` : ''}.`;
}

function words(amount: number): string {
  return Number.isInteger(amount) ? String(amount) : amount.toFixed(2);
}
