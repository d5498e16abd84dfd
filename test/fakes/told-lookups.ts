import { type Option, OptionLookups } from '../../src/options/index.js';
import type { JsonObject } from '../../src/shared/index.js';

type Answer = (input: JsonObject, signal: AbortSignal) => Promise<readonly Option[]>;

/** Answers what it was told, and remembers what it was asked. */
export class ToldLookups extends OptionLookups {
  readonly asked: { id: string; input: JsonObject }[] = [];
  private readonly answers = new Map<string, Answer>();

  /** Values, or what to do when asked. */
  tell(id: string, answer: readonly string[] | Answer): void {
    this.answers.set(
      id,
      typeof answer === 'function' ? answer : () => Promise.resolve(answer.map((value) => ({ value, title: value }))),
    );
  }

  async find(id: string, input: JsonObject, signal: AbortSignal): Promise<readonly Option[]> {
    this.asked.push({ id, input });
    const answer = this.answers.get(id);
    if (answer === undefined) throw new Error(`Nobody said what ${id} answers.`);
    return answer(input, signal);
  }
}
