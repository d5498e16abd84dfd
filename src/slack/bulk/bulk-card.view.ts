import type { KnownBlock } from '@slack/web-api';
import type { Bulk, BulkRow } from '../../bulk/index.js';
import type { RequestState } from '../../requests/index.js';
import type { CardMessage } from '../cards/card-source.js';
import { PHASES } from '../cards/request-card.view.js';
import { context, fields, fitting, header, section } from '../text/blocks.js';
import { code, dateWords, escape, mention } from '../text/mrkdwn.js';

export interface BulkCardState {
  readonly bulk: Bulk;
  readonly rows: readonly BulkRow[];
  readonly states: ReadonlyMap<string, RequestState>;
  /** To the cards of requests that have one. */
  readonly links: ReadonlyMap<string, string>;
}

/** What needs somebody comes first. */
const ORDER: readonly RequestState[] = [
  'failed',
  'halted',
  'denied',
  'expired',
  'cancelled',
  'awaiting-approval',
  'provisioning',
];
const LINES_A_SECTION = 20;
const MOST_SHOWN = 100;

/** All requests of a file at a glance, from sending to the last one's end. */
export function bulkCard(state: BulkCardState): CardMessage {
  const { bulk, rows } = state;
  const { counts } = bulk;
  const summary = summaryOf(bulk, rows.length);
  return {
    text: `${summary}, sent by ${mention(bulk.personId)}`,
    blocks: fitting([
      header(`📦 ${rows.length} requests${bulk.name === '' ? '' : ` of ${bulk.name}`}`),
      section(`${bulk.state === 'done' ? '🏁' : '🔄'} *${summary}*, sent by ${mention(bulk.personId)}`),
      fields(
        (
          [
            ['Ready', counts.ready],
            ['Being made', counts.making],
            ['Wait for approval', counts.approval],
            ['To be sent', counts.unsent],
            ['Failed or refused', counts.failed + counts.refused],
          ] as const
        ).flatMap(([label, count]) => (count === 0 && label !== 'Ready' ? [] : [[label, String(count)] as const])),
      ),
      ...rowBlocks(state),
      context(
        `${code(bulk.id)} · sent ${dateWords(bulk.sentAt ?? bulk.createdAt)}${bulk.doneAt === null ? '' : ` · ended ${dateWords(bulk.doneAt)}`} · trace ${code(bulk.traceId)}`,
      ),
    ]),
  };
}

function summaryOf({ state, counts }: Bulk, all: number): string {
  const { ready, failed, refused } = counts;
  const bad = failed + refused === 0 ? '' : `, ${failed + refused} not`;
  return state === 'done' ? `Ended: ${ready} of ${all} ready${bad}` : `${ready} of ${all} ready${bad}`;
}

function rowBlocks({ rows, states, links }: BulkCardState): KnownBlock[] {
  const stateOf = ({ requestId }: BulkRow): RequestState | undefined => states.get(requestId ?? '');
  const rank = (row: BulkRow): number => {
    if (row.state === 'refused') return -1;
    const place = ORDER.findIndex((one) => one === stateOf(row));
    return place === -1 ? ORDER.length : place;
  };
  const sorted = [...rows].sort((a, b) => rank(a) - rank(b) || a.line - b.line);
  const shown = sorted.slice(0, MOST_SHOWN).map((row) => rowWords(row, stateOf(row), links.get(row.requestId ?? '')));
  const sections: KnownBlock[] = [];
  for (let from = 0; from < shown.length; from += LINES_A_SECTION)
    sections.push(section(shown.slice(from, from + LINES_A_SECTION).join('\n')));
  const more = sorted.length - shown.length;
  return more === 0
    ? sections
    : [...sections, context(`_${more} more are not shown; those that need nobody come last._`)];
}

function rowWords(row: BulkRow, state: RequestState | undefined, link: string | undefined): string {
  const { line, title, requestId, problem } = row;
  if (problem !== null) return `⛔ ${line} · ${escape(title, 60)} · _not sent:_ ${escape(problem, 150)}`;
  if (requestId === null || state === undefined) return `▫️ ${line} · ${escape(title, 60)}`;
  const { icon, words } = PHASES[state];
  const id = link === undefined ? code(requestId) : `<${link}|${requestId}>`;
  return `${icon} ${line} · ${escape(title, 60)} · ${id}${state === 'ready' ? '' : ` · ${words.toLowerCase()}`}`;
}
