import type { Price } from './price-document.js';

/** A month on average: what clouds bill with. */
export const HOURS_A_MONTH = 730;
const HOURS: Record<Exclude<Price['per'], 'once'>, number> = { hour: 1, day: 24, month: HOURS_A_MONTH };

/** Money of one price, in the estimate's currency. */
export interface CostLine {
  readonly price: string;
  readonly title: string;
  readonly quantity: number;
  readonly hourly: number;
  /** When it is made. */
  readonly once: number;
}

/** What something would cost. Sums of {@link lines}: what is {@link missing} is in none of them. */
export interface CostEstimate {
  /** ISO 4217. */
  readonly currency: string;
  readonly hourly: number;
  readonly monthly: number;
  readonly once: number;
  /** Everything until the lease ends. */
  readonly untilEnd: number;
  readonly lines: readonly CostLine[];
  /** Prices that catalog/prices.yaml does not have: with one of these nobody can tell the cost. */
  readonly missing: readonly string[];
}

export const NO_COST: CostEstimate = {
  currency: 'EUR',
  hourly: 0,
  monthly: 0,
  once: 0,
  untilEnd: 0,
  lines: [],
  missing: [],
};

/** A price as often as it is wanted. */
export function lineOf({ id, title, amount, per }: Price, quantity: number): CostLine {
  const money = amount * quantity;
  return {
    price: id,
    title,
    quantity,
    hourly: per === 'once' ? 0 : exact(money / HOURS[per]),
    once: per === 'once' ? exact(money) : 0,
  };
}

export function estimateOf(
  lines: readonly CostLine[],
  missing: readonly string[],
  { currency, leaseHours }: { currency: string; leaseHours: number },
): CostEstimate {
  const hourly = exact(lines.reduce((sum, line) => sum + line.hourly, 0));
  const once = exact(lines.reduce((sum, line) => sum + line.once, 0));
  return {
    currency,
    hourly,
    monthly: exact(hourly * HOURS_A_MONTH),
    once,
    untilEnd: exact(hourly * leaseHours + once),
    lines,
    missing,
  };
}

/** To a millionth: sums of binary fractions don't wander, and a digest of them stays what it is. */
export function exact(amount: number): number {
  return Math.round(amount * 1_000_000) / 1_000_000;
}
