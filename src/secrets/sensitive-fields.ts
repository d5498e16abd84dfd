/** Hosts, ports and names travel with a secret for convenience; hiding them everywhere would blind the logs. */
const HARMLESS = new Set(['host', 'port', 'database', 'schema', 'username']);

export function isSensitive(field: string): boolean {
  return !HARMLESS.has(field);
}
