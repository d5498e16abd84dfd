import { jest } from '@jest/globals';
import { Progress } from './progress.js';

describe('progress of a step', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('shows the first line at once, then at most two a second, all of them each time', async () => {
    const shown: string[] = [];
    const progress = new Progress((lines) => Promise.resolve(void shown.push(lines.join(' | '))));
    progress.report('1 of 9');
    await jest.advanceTimersByTimeAsync(0);
    expect(shown).toEqual(['1 of 9']);
    for (const n of [2, 3, 4]) progress.report(`${n} of 9`);
    await jest.advanceTimersByTimeAsync(499);
    expect(shown).toEqual(['1 of 9']);
    await jest.advanceTimersByTimeAsync(1);
    expect(shown).toEqual(['1 of 9', '2 of 9 | 3 of 9 | 4 of 9']);
  });

  it('always shows the last line before it settles, and none afterwards', async () => {
    const shown: string[] = [];
    const progress = new Progress((lines) => Promise.resolve(void shown.push(lines.join(' | '))));
    progress.report('first');
    progress.report('last');
    await progress.settle();
    progress.report('from an effect that goes on after its time');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(shown).toEqual(['first | last']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('writes lines one after the other, and fails nothing when one can’t be written', async () => {
    let writing = 0;
    const most: number[] = [];
    const progress = new Progress(async () => {
      writing += 1;
      most.push(writing);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      writing -= 1;
      throw new Error('The database is away.');
    });
    for (let n = 0; n < 4; n += 1) {
      progress.report(`line ${n}`);
      await jest.advanceTimersByTimeAsync(500);
    }
    const settled = progress.settle();
    await jest.advanceTimersByTimeAsync(20_000);
    await expect(settled).resolves.toBeUndefined();
    expect(Math.max(...most)).toBe(1);
    expect(most.length).toBe(4);
  });
});
