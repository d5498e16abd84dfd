import fc from 'fast-check';
import { anomalyOf, median } from './anomaly.js';

const RULE = { factor: 4, floor: 5, historyDays: 28, leastDays: 7 };
const days = (amount: number, count = 14): number[] => Array.from({ length: count }, () => amount);

describe('a day that costs far more than its own history', () => {
  it('is remarkable when it is above the median by more than its spread, a half and the floor', () => {
    expect(anomalyOf(days(10), 15.1, RULE)).toEqual({ usual: 10, threshold: 15 });
    expect(anomalyOf(days(10), 15, RULE)).toBeNull();
    expect(anomalyOf(days(100), 151, RULE)).toEqual({ usual: 100, threshold: 150 });
    expect(anomalyOf(days(0.1), 4, RULE)).toBeNull();
  });

  it('is not one that changes a lot anyway, and one odd day in its history hides nothing', () => {
    const restless = [10, 40, 10, 40, 10, 40, 10, 40, 10, 40];
    expect(anomalyOf(restless, 60, RULE)).toBeNull();
    expect(anomalyOf([...days(10), 900], 30, RULE)).not.toBeNull();
  });

  it('is not told of what has little history', () => {
    expect(anomalyOf(days(1, 6), 500, RULE)).toBeNull();
    expect(anomalyOf([], 500, RULE)).toBeNull();
    expect(anomalyOf(days(0, 7), 5.01, RULE)).toEqual({ usual: 0, threshold: 5 });
  });

  it('never is one that its history had as its median or below', () => {
    const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 7, maxLength: 40 }), (history) => {
        expect(anomalyOf(history, median(history), RULE)).toBeNull();
        expect(anomalyOf(history, Math.min(...history), RULE)).toBeNull();
      }),
    );
  });
});
