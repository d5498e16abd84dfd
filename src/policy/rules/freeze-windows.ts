import type { Freeze, FreezeDocument } from './freeze-document.js';
import type { FreezeFacts } from './rule-facts.js';
import { moment } from './zone.js';

/** Without a freezes.yaml there are no freezes, and the zone is UTC. */
export const NO_FREEZES: FreezeDocument = { version: '0.0.0', zone: 'UTC', freezes: [] };
const NONE: FreezeFacts = { active: false, ids: [], title: '', until: '' };

/** The windows that hold at this moment for this place. `from` is in it, `until` is not. */
export function freezeFacts(
  { zone, freezes }: FreezeDocument,
  place: { readonly teamId: string; readonly environment: string; readonly itemName: string },
  now: Date,
): FreezeFacts {
  const holding = freezes.filter((freeze) => covers(freeze, place) && isOn(freeze, zone, now));
  const last = [...holding].sort((a, b) => b.until.localeCompare(a.until))[0];
  if (last === undefined) return NONE;
  return { active: true, ids: holding.map(({ id }) => id), title: last.title, until: untilWords(last, zone) };
}

function covers(
  { environments, teams, items }: Freeze,
  place: { readonly teamId: string; readonly environment: string; readonly itemName: string },
): boolean {
  return (
    (environments?.includes(place.environment) ?? true) &&
    (teams?.includes(place.teamId) ?? true) &&
    (items?.includes(place.itemName) ?? true)
  );
}

function isOn({ from, until }: Freeze, zone: string, now: Date): boolean {
  const [start, end] = [moment(from, zone), moment(until, zone)];
  return start !== null && end !== null && start <= now && now < end;
}

/** "2027-01-04 08:00 (Europe/Berlin)" */
function untilWords({ until }: Freeze, zone: string): string {
  const [date, time = '00:00'] = until.split('T');
  return `${String(date)} ${time} (${zone})`;
}
