import type { KnownBlock } from '@slack/web-api';
import type { WeighedChange } from '../../lifecycle/index.js';
import { budgetSentence, moneyWords, quotaSentence } from '../../quotas/index.js';
import { header, lines, section } from '../text/blocks.js';
import { escape } from '../text/mrkdwn.js';

const BUDGETS = { within: '▪️', warn: '⚠️', over: '⛔' } as const;

/** What a change makes a resource take and cost, beside what it took; empty when that stays what it was. */
export function consumptionBlocks(change: WeighedChange | null): KnownBlock[] {
  if (change === null) return [];
  const { quota, budget } = change;
  const taken = quota.map(({ line, before }) => {
    const was = before === null ? '' : ` (${before} so far)`;
    return `${line.exceeded ? '⛔' : '▪️'} ${escape(quotaSentence(line), 300)}${was}`;
  });
  const worse = budget === null ? [] : [`${BUDGETS[budget.state]} ${escape(capital(budgetSentence(budget)), 300)}`];
  const all = [...taken, ...costLines(change), ...worse];
  return all.length === 0 ? [] : [header('What it takes'), section(lines(all))];
}

function costLines({ before, after: { cost } }: WeighedChange): string[] {
  const missing = cost.missing.map((price) => `⚠️ No price “${escape(price, 100)}”: the rest of the cost is not known`);
  const was = before?.cost;
  const once = cost.once - (was?.once ?? 0);
  const isSame = was?.hourly === cost.hourly && once <= 0;
  if (isSame || (was === undefined && cost.lines.length === 0)) return missing;
  const money = (amount: number): string => escape(moneyWords(amount, cost.currency), 60);
  const instead = was === undefined ? '' : ` instead of ${money(was.monthly)}`;
  const extra = once > 0 ? `, and ${money(once)} once` : '';
  return [`💶 About ${money(cost.monthly)} a month${instead}${extra}`, ...missing];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
