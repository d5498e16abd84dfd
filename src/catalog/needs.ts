import { z } from 'zod';
import type { CatalogItem } from './catalog-item.js';

/** What an item may need of the place where the bot runs → what to do there to have it. */
const REMEDIES = {
  kubernetes: 'set KUBERNETES_CLUSTERS',
  opentofu: 'set OPENTOFU_PROGRAM',
  helm: 'set HELM_PROGRAM',
  git: 'install git on the bot’s machine',
  github: 'list the host of GitHub’s API in HTTP_ALLOWED_HOSTS',
  http: 'list the host in HTTP_ALLOWED_HOSTS',
  grafana: 'list the host of Grafana in HTTP_ALLOWED_HOSTS',
  prometheus: 'list the host of Prometheus in HTTP_ALLOWED_HOSTS',
  'feature-flags': 'set FEATURE_FLAGS_DIR',
  vault: 'set VAULT_ADDR',
  'pg-dump': 'install pg_dump and pg_restore on the bot’s machine',
} as const;

export type Need = keyof typeof REMEDIES;

/** Part of the shape of `catalog/items/*.yaml`. */
export const needsShape = {
  needs: z
    .array(z.enum(Object.keys(REMEDIES) as [Need, ...Need[]]))
    .max(20)
    .describe('What has to be configured where the bot runs; the item is not offered while one of them is missing')
    .exactOptional(),
};

/** The same item, knowing what it needs and this place doesn't have. */
export function equipped(item: CatalogItem, isMet: (need: Need) => boolean): CatalogItem {
  const lacks = [...new Set(item.needs)].filter((need) => !isMet(need));
  return lacks.length === 0 ? item : { ...item, lacks };
}

/** Why it can't be requested here, and what to configure; null when nothing is missing. */
export function lackSentence({ title, lacks = [] }: Pick<CatalogItem, 'title' | 'lacks'>): string | null {
  if (lacks.length === 0) return null;
  const remedies = [...new Set(lacks.map((need) => REMEDIES[need]))];
  return `${title} cannot be requested here yet: whoever runs this bot has to ${remedies.join(', and ')}.`;
}
