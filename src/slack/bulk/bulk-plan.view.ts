import type { KnownBlock, ModalView } from '@slack/web-api';
import type { CheckedLine } from '../../bulk/index.js';
import { moneyWords } from '../../quotas/index.js';
import { CALLBACKS } from '../action-ids.js';
import { context, fields, header, lines, section } from '../text/blocks.js';
import { escape, plain } from '../text/mrkdwn.js';

/** What all of them together would do, before anything is sent. */
export function bulkPlan(id: string, rows: readonly CheckedLine[], teamTitle: (teamId: string) => string): ModalView {
  const waiting = rows.filter(({ plan }) => plan.decision.outcome === 'needs-approval');
  const warnings = rows.flatMap(({ line, plan }) =>
    plan.decision.reasons.flatMap((reason) =>
      reason.outcome === 'warn' ? [`• Line ${line}: ${escape(reason.message, 300)}`] : [],
    ),
  );
  return {
    type: 'modal',
    callback_id: CALLBACKS.bulkPlan,
    private_metadata: JSON.stringify({ bulk: id }),
    title: plain('The plan', 24),
    submit: plain(rows.length === 1 ? 'Send 1 request' : `Send ${rows.length} requests`, 24),
    close: plain('Cancel', 24),
    blocks: [
      fields([
        ['Requests', String(rows.length)],
        ['Made at once', String(rows.length - waiting.length)],
        ['Wait for approval', String(waiting.length)],
        ...costs(rows),
      ]),
      ...approvals(waiting),
      ...(warnings.length === 0 ? [] : [header('To be aware of'), section(lines(warnings, 'more', 2800))]),
      header('Line by line'),
      section(
        lines(
          rows.map((row) => lineWords(row, teamTitle(row.wish.teamId))),
          'more, as they are in the file',
          2900,
        ),
      ),
      context('Each becomes a request of its own, with its own card, approval and history.'),
    ],
  };
}

function lineWords({ line, title, itemTitle, wish, plan }: CheckedLine, teamTitle: string): string {
  const icon = plan.decision.outcome === 'needs-approval' ? '⏳' : '✅';
  const where = title.includes(wish.environment) ? '' : ` in ${escape(wish.environment)}`;
  return `${icon} ${line} · *${escape(title, 100)}* · ${escape(itemTitle, 60)}, ${escape(teamTitle, 100)}${where}`;
}

function costs(rows: readonly CheckedLine[]): (readonly [string, string])[] {
  const sums = new Map<string, number>();
  for (const { plan } of rows)
    if (plan.cost.lines.length > 0)
      sums.set(plan.cost.currency, (sums.get(plan.cost.currency) ?? 0) + plan.cost.monthly);
  const words = [...sums].map(([currency, amount]) => moneyWords(amount, currency));
  const isPartial = rows.some(({ plan }) => plan.cost.missing.length > 0);
  return words.length === 0
    ? []
    : [['Cost', `about ${words.join(' and ')} a month${isPartial ? ', and what has no price' : ''}`]];
}

/** How many of them each group has to agree to. */
function approvals(waiting: readonly CheckedLine[]): KnownBlock[] {
  const counts = new Map<string, number>();
  for (const { plan } of waiting) {
    const who = plan.decision.approval?.describe ?? 'an approval';
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  const words = [...counts].map(([who, count]) => `• ${count} times: ${escape(who, 300)}`);
  return words.length === 0 ? [] : [header('Who decides'), section(lines(words, 'more', 2800))];
}

/** After it was sent. */
export function bulkSentModal(id: string, place: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'bulk_sent',
    title: plain('On their way', 24),
    close: plain('Close', 24),
    blocks: [
      section(`📦 Your requests are on their way. Their summary is ${place}, and follows them.`),
      context(`\`${id}\``),
    ],
  };
}
