import { type BudgetState, budgetSentence, moneyWords, type QuotaLine, quotaSentence } from '../../quotas/index.js';
import type { Plan } from '../../requests/index.js';
import { lines } from '../text/blocks.js';
import { escape, hoursWords } from '../text/mrkdwn.js';

type Taking = Pick<Plan, 'cost' | 'quota' | 'budget' | 'leaseHours' | 'decision'>;

const BUDGETS: Readonly<Record<BudgetState, string>> = { within: '💰', warn: '⚠️', over: '⛔' };

/** What a plan costs, takes of each quota and does to the budget, one line each; null when there is nothing to say. What it is refused for is said there. */
export function takesLines(plan: Taking): string | null {
  const { quota, budget, decision } = plan;
  const isRefusedFor = (rule: string): boolean => decision.reasons.some((reason) => reason.rule === rule);
  const all = [
    ...costLines(plan),
    ...quota
      .filter(({ unit }) => !isRefusedFor(`quota:${unit}`))
      .map((line) => `${line.exceeded ? '⛔' : '📏'} ${escape(capital(quotaSentence(line)), 300)}`),
    ...(budget === null || isRefusedFor('budget')
      ? []
      : [`${BUDGETS[budget.state]} ${escape(capital(budgetSentence(budget)), 300)}`]),
  ];
  return all.length === 0 ? null : lines(all, 'more lines', 2800);
}

function costLines(plan: Taking): string[] {
  const words = costWords(plan);
  const missing = plan.cost.missing.map(
    (price) => `⚠️ No price “${escape(price, 100)}”: the rest of the cost is not known`,
  );
  return [...(words === null ? [] : [`💶 ${words}${hourlyWords(plan)}`]), ...missing];
}

/** The same by the hour, for whoever thinks of a shorter lease. */
function hourlyWords({ cost: { hourly, currency } }: Pick<Plan, 'cost'>): string {
  return hourly === 0 ? '' : ` (${escape(moneyWords(hourly, currency), 60)} an hour)`;
}

/** "about 12.40 € a month, 2.89 € for 7 days"; null when nothing is known to cost. */
export function costWords({ cost, leaseHours }: Pick<Plan, 'cost' | 'leaseHours'>): string | null {
  const { currency, monthly, once, untilEnd, lines: parts, missing } = cost;
  if (parts.length === 0) return null;
  const money = (amount: number): string => escape(moneyWords(amount, currency), 60);
  const begin = once === 0 ? '' : `${money(once)} once and `;
  const least = missing.length === 0 ? 'about' : 'at least';
  return capital(`${begin}${least} ${money(monthly)} a month, ${money(untilEnd)} for ${hoursWords(leaseHours)}`);
}

/** "databases: 1, connections: 5"; null when it takes nothing that is limited. */
export function takenWords(quota: readonly QuotaLine[]): string | null {
  const taken = quota.filter(({ wants }) => wants > 0).map(({ wants, title }) => `${escape(title, 60)}: ${wants}`);
  return taken.length === 0 ? null : taken.join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
