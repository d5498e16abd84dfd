import type { PlaygroundUser } from '../../protocol';

const AS = 'playground-as';
const READ = 'playground-read';
const SINCE = 'playground-since';

/** Who the address (`?as=lea#approvals`) or the last visit says one is: a name or an id. */
export function wantedPerson(): string {
  return new URLSearchParams(location.search).get('as') ?? localStorage.getItem(AS) ?? '';
}

export function wantedChannel(): string {
  return decodeURIComponent(location.hash.slice(1));
}

/** Writes person and channel into the address, so that a reload or a copied link leads back here. */
export function rememberPlace(person: PlaygroundUser | undefined, channel: string): void {
  if (person === undefined) return;
  localStorage.setItem(AS, person.id);
  history.replaceState(null, '', `?as=${encodeURIComponent(person.name)}#${encodeURIComponent(channel)}`);
}

/** The moment of this browser's first visit, as a message timestamp: what is older is nobody's unread. */
export function firstVisit(): string {
  const known = localStorage.getItem(SINCE);
  if (known !== null) return known;
  const now = (Date.now() / 1000).toFixed(6);
  localStorage.setItem(SINCE, now);
  return now;
}

/** Which message each person saw last, by channel; kept in the browser, so that becoming somebody else shows their unread. */
export function readMarks(person: string): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(`${READ}-${person}`) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

export function keepReadMarks(person: string, marks: Record<string, string>): void {
  localStorage.setItem(`${READ}-${person}`, JSON.stringify(marks));
}
