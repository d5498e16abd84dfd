import { exact } from './cost-estimate.js';
import type { Budget } from './quota-document.js';

export type BudgetState = 'within' | 'warn' | 'over';

/** How a team's month would look with this on top. All amounts are money of the month. */
export interface BudgetVerdict {
  readonly state: BudgetState;
  /** `2026-11` */
  readonly month: string;
  readonly currency: string;
  readonly budget: number;
  readonly warnAt: number;
  readonly blockAt: number;
  /** Spent, and what will be if nothing changes. */
  readonly committed: number;
  readonly adds: number;
}

/** Nothing on top is never over: what costs nothing may always be had. */
export function verdictOf(
  { monthly, warnPercent, blockPercent }: Budget,
  { committed, adds, month, currency }: Pick<BudgetVerdict, 'committed' | 'adds' | 'month' | 'currency'>,
): BudgetVerdict {
  const warnAt = exact((monthly * warnPercent) / 100);
  const blockAt = exact((monthly * blockPercent) / 100);
  const total = exact(committed + adds);
  const state = total > blockAt ? 'over' : total > warnAt ? 'warn' : 'within';
  return { state, month, currency, budget: monthly, warnAt, blockAt, committed: exact(committed), adds: exact(adds) };
}

/** "the budget of November 2026: 320.50 € of 400.00 € are committed, this adds 12.40 €" */
export function budgetSentence({ month, currency, budget, committed, adds }: BudgetVerdict): string {
  const words = (amount: number): string => moneyWords(amount, currency);
  return `the budget of ${monthWords(month)}: ${words(committed)} of ${words(budget)} are committed, this adds ${words(adds)}`;
}

/** "November 2026" of "2026-11" */
export function monthWords(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

const SIGNS: Readonly<Record<string, string>> = { EUR: '€', USD: '$', GBP: '£', CHF: 'CHF', JPY: '¥' };

/** `12.40 €`. Less than a cent is said as such, not as nothing. */
export function moneyWords(amount: number, currency: string): string {
  const sign = SIGNS[currency] ?? currency;
  if (amount > 0 && amount < 0.005) return `under 0.01 ${sign}`;
  return `${amount.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')} ${sign}`;
}
