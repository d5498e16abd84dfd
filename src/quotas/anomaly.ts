import { exact } from './cost-estimate.js';
import type { AnomalyRule } from './quota-document.js';

/** Makes the median of absolute deviations comparable to a standard deviation. */
const MAD_TO_DEVIATION = 1.4826;
/** However steady it was, a rise of less than half is nothing to wake somebody for. */
const LEAST_RISE = 0.5;

export interface Anomaly {
  /** The median of its history. */
  readonly usual: number;
  /** From here on it is remarkable. */
  readonly threshold: number;
}

/**
 * Whether a day's cost is far above its own history, one amount a day. The median and the spread around it are not moved by a few
 * odd days, as an average would be. Null: it is not, or there is too little history to tell.
 */
export function anomalyOf(history: readonly number[], amount: number, rule: AnomalyRule): Anomaly | null {
  if (history.length < rule.leastDays) return null;
  const usual = median(history);
  const spread = MAD_TO_DEVIATION * median(history.map((day) => Math.abs(day - usual)));
  const rise = Math.max(rule.factor * spread, LEAST_RISE * usual, rule.floor);
  const threshold = exact(usual + rise);
  return amount > threshold ? { usual: exact(usual), threshold } : null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = 0, above = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}
