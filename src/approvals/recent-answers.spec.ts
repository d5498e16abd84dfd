import { Clock } from '../shared/index.js';
import { RecentAnswers } from './recent-answers.js';

class SetClock extends Clock {
  at = 1_000_000;
  now(): Date {
    return new Date(this.at);
  }
}

describe('answers that are only shown', () => {
  const clock = new SetClock();
  let asked = 0;
  const ask = () => Promise.resolve((asked += 1));
  beforeEach(() => {
    asked = 0;
  });

  it('are asked for once by a thousand cards, and again after a few seconds', async () => {
    const recent = new RecentAnswers(clock);
    await Promise.all(Array.from({ length: 1000 }, () => recent.of('leads', ask)));
    expect(asked).toBe(1);
    await recent.of('auditors', ask);
    expect(asked).toBe(2);
    clock.at += 5_000;
    expect(await recent.of('leads', ask)).toBe(3);
  });

  it('are no answers when they failed', async () => {
    const recent = new RecentAnswers(clock);
    await expect(recent.of('leads', () => Promise.reject(new Error('Slack is down')))).rejects.toThrow('Slack is down');
    expect(await recent.of('leads', ask)).toBe(1);
  });
});
