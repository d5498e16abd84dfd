import type { Approval } from '../../approvals/index.js';
import type { RequestRecord } from '../../requests/index.js';
import { isGivenSecret } from '../../secrets/index.js';
import type { Json } from '../../shared/index.js';
import { lines } from '../text/blocks.js';
import { GIVEN } from '../text/given.js';
import { code, escape, hoursWords, mentions, nameWords } from '../text/mrkdwn.js';

/** The request that another one took the place of, and what became of it. */
export interface Predecessor {
  readonly request: RequestRecord;
  readonly approval: Approval | null;
}

/** What the item's form calls its parameters, by name. */
export type Labels = ReadonlyMap<string, string>;

/** Of a request that was changed or asked again: which one it follows, that votes on that one are void, and what is different. */
export function successionWords(request: RequestRecord, before: Predecessor, labels?: Labels): string {
  return lines(
    [`${headOf(before)} What is different:`, ...differences(before.request, request, labels)],
    'more differences',
    2800,
  );
}

/** The same on the requester's card, who needs no telling to vote anew. */
export function followsWords(request: RequestRecord, before: Predecessor, labels?: Labels): string {
  const isOver = before.request.state !== 'cancelled';
  const head = isOver ? headOf(before) : `🔁 It takes the place of ${code(before.request.id)}, and is asked anew.`;
  return lines(
    [`${head} What is different:`, ...differences(before.request, request, labels)],
    'more differences',
    2800,
  );
}

function headOf({ request, approval }: Predecessor): string {
  const which = code(approval?.id ?? request.id);
  if (request.state === 'expired') return `🔁 *Asked again*, after ${which} expired.`;
  if (request.state === 'denied') {
    const by = approval === null || approval.decidedBy.length === 0 ? '' : ` by ${mentions(approval.decidedBy)}`;
    const reason = approval?.decidedReason ?? '';
    const why = reason === '' ? '' : `: “${escape(reason, 500)}”`;
    return `🔁 *Asked again*, after ${which} was denied${by}${why}.`;
  }
  if (request.state === 'failed') return `🔁 *Asked again*, after ${code(request.id)} failed.`;
  if (approval?.state !== 'cancelled') return `🔁 *Asked again*, after ${code(request.id)} was cancelled.`;
  const voters = approval.votes.map(({ personId }) => personId);
  const votes =
    voters.length === 0
      ? 'Nobody had voted yet.'
      : `What ${mentions(voters)} voted there is void: please look again and vote anew.`;
  // Somebody who withdrew it first gave no reason; whoever sent it changed did.
  const what =
    approval.decidedReason === null
      ? `🔁 *Asked again*, after ${which} was withdrawn.`
      : `⚠️ *The arguments changed* since ${which}.`;
  return `${what} ${votes}`;
}

function differences(before: RequestRecord, after: RequestRecord, labels: Labels | undefined): string[] {
  const names = [...new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)])];
  const pairs: [label: string, before: string, after: string, name?: string][] = [
    ['Version', before.itemVersion, after.itemVersion],
    ['Team', before.teamId, after.teamId],
    ['Environment', before.environment, after.environment],
    ['Lease', hoursWords(before.leaseHours), hoursWords(after.leaseHours)],
    ...names.map((name): [string, string, string, string] => [
      labelWords(name, labels),
      shownValue(before.parameters[name] ?? null),
      shownValue(after.parameters[name] ?? null),
      name,
    ]),
  ];
  const changed = pairs
    .filter(([, was, is]) => was !== is)
    .map(([label, was, is, name]) =>
      name !== undefined && isGivenSecret(after.parameters[name])
        ? givenLine(name, labels)
        : `• ${label}: ${code(was)} → ${code(is)}`,
    );
  return changed.length === 0 ? ['• nothing but the reason'] : changed;
}

/** A parameter as people read it. */
export function shownValue(value: Json): string {
  if (isEmpty(value)) return '–';
  if (typeof value === 'string') return isGivenSecret(value) ? GIVEN : value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map(shownValue).join(', ');
  return JSON.stringify(value, (_name, one: Json) => (isGivenSecret(one) ? GIVEN : one));
}

/** Nothing was entered. */
export function isEmpty(value: Json): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A secret parameter. Without a colon: the redactor would hide whatever stands behind “token:”. */
export function givenLine(name: string, labels?: Labels): string {
  return `• 🔒 ${labelWords(name, labels)} ${GIVEN}`;
}

/** As its form calls a parameter. */
export function labelWords(name: string, labels?: Labels): string {
  const label = labels?.get(name);
  return label === undefined ? nameWords(name, 80) : escape(label, 80);
}
