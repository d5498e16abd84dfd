import { type CelFault, piecesOf } from '../../catalog/index.js';
import { messageOf } from '../../shared/index.js';
import { RuleProgram } from './rule-program.js';

type Part = string | RuleProgram;

/** Shown where an expression in a message could not be evaluated; the rest still tells enough. */
const UNKNOWN = '…';
const MAX_VALUE_LETTERS = 200;

/** A rule's message or remedy: text with `${{ expressions }}` in it. */
export class RuleText {
  private constructor(
    readonly parts: readonly Part[],
    readonly faults: readonly (CelFault & { readonly expression: string })[],
  ) {}

  /** Never throws. */
  static read(text: string): RuleText {
    try {
      const read = piecesOf(text).map((piece) => {
        if (piece.kind === 'text') return { part: piece.text, faults: [] };
        const compiled = RuleProgram.compile(piece.source);
        if (compiled.ok) return { part: compiled.program, faults: [] };
        return { part: UNKNOWN, faults: compiled.faults.map((fault) => ({ ...fault, expression: piece.source })) };
      });
      return new RuleText(
        read.map(({ part }) => part),
        read.flatMap(({ faults }) => faults),
      );
    } catch (error) {
      const remedy = 'close it with }}';
      return new RuleText([text], [{ offset: 0, expression: text, message: messageOf(error), remedy }]);
    }
  }

  /** `facts` come from `celFacts`. Never throws. */
  write(facts: Readonly<Record<string, unknown>>): string {
    return this.parts.map((part) => (typeof part === 'string' ? part : valueOf(part, facts))).join('');
  }
}

function valueOf(program: RuleProgram, facts: Readonly<Record<string, unknown>>): string {
  try {
    return wordsOf(program.run(facts)).slice(0, MAX_VALUE_LETTERS);
  } catch {
    return UNKNOWN;
  }
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  return typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : UNKNOWN;
}
