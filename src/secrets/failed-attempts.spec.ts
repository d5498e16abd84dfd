import { FailedAttempts } from './failed-attempts.js';

describe('failed attempts', () => {
  it('exhausts one address for the window, and no other', () => {
    let now = 0;
    const attempts = new FailedAttempts(2, 1000, () => now);
    attempts.count('a');
    expect(attempts.isExhausted('a')).toBe(false);
    now = 999;
    attempts.count('a');
    expect([attempts.isExhausted('a'), attempts.isExhausted('b')]).toEqual([true, false]);
    now = 1000;
    expect(attempts.isExhausted('a')).toBe(false);
    attempts.count('a');
    expect(attempts.isExhausted('a')).toBe(false);
  });

  it('keeps a bounded number of addresses', () => {
    const attempts = new FailedAttempts(1, 1000, () => 0);
    for (let index = 0; index <= 10_000; index += 1) attempts.count(String(index));
    expect([attempts.isExhausted('0'), attempts.isExhausted('1')]).toEqual([false, true]);
  });
});
