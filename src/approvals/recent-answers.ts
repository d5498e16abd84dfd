import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/index.js';

/** Short enough that a card is never more than a moment behind, long enough that a thousand cards ask once. */
const KEPT_MILLISECONDS = 5_000;
const MAX_KEPT = 1_000;

/** The question that changes with a person's own word. */
export const WHO_IS_AWAY = 'away';

interface Kept {
  readonly until: number;
  readonly answer: Promise<unknown>;
}

/** Remembers for a few seconds what is only shown. A failure is not remembered; those who ask at once share one question. */
@Injectable()
export class RecentAnswers {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** @param key stands for the question: the same key always asks the same */
  of<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now().getTime();
    const known = this.kept.get(key);
    if (known !== undefined && now < known.until) return known.answer as Promise<T>;
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    const answer = ask();
    this.kept.set(key, { until: now + KEPT_MILLISECONDS, answer });
    answer.catch(() => {
      if (this.kept.get(key)?.answer === answer) this.kept.delete(key);
    });
    return answer;
  }

  forget(key: string): void {
    this.kept.delete(key);
  }

  forgetAll(): void {
    this.kept.clear();
  }
}
