const MAX_SLUG = 40;

/**
 * The name of an incident's channel, `inc-20261123-orders-db-slow-7k3m9q2x`: readable, and unique by the id's own
 * letters, so that a channel of that name can only be this incident's. Slack takes lower-case letters, digits and hyphens, 80 at most.
 */
export function channelName(incident: { id: string; title: string; declaredAt: Date }): string {
  const date = incident.declaredAt.toISOString().slice(0, 10).replaceAll('-', '');
  const suffix = incident.id.slice(incident.id.indexOf('-') + 1);
  return ['inc', date, slugOf(incident.title), suffix].filter((part) => part !== '').join('-');
}

function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replaceAll(/^-+|-+$/g, '');
}
