import type { ParseResult } from '@marcbachmann/cel-js';
import { type CelFault, parseCel } from '../../catalog/index.js';
import { closest } from '../../platform/documents/index.js';
import { messageOf, OutOfBudget, withinBudget } from '../../shared/index.js';
import { expressionFaults } from './expression-limits.js';
import { ruleEnvironment } from './rule-environment.js';
import { RULE_FIELDS } from './rule-fields.js';

type Compiled =
  | { readonly ok: true; readonly program: RuleProgram }
  | { readonly ok: false; readonly faults: readonly CelFault[] };

const environment = ruleEnvironment();

/** One expression of a rule, checked, and run within a budget. */
export class RuleProgram {
  private constructor(
    readonly source: string,
    private parsed: ParseResult | null,
  ) {}

  /** Never throws. `expected` is the CEL type it has to give; left out, any. */
  static compile(source: string, expected?: 'bool'): Compiled {
    try {
      return withinBudget(() => compile(source, expected, (parsed) => new RuleProgram(source, parsed)));
    } catch (error) {
      return { ok: false, faults: [faultOf(error)] };
    }
  }

  /** `facts` come from `celFacts`. @throws what CEL found wrong, by its name and never with a value; OutOfBudget */
  run(facts: Readonly<Record<string, unknown>>): unknown {
    try {
      return withinBudget((): unknown => this.program()(facts));
    } catch (error) {
      // What was stopped half-way can't be used again.
      if (error instanceof OutOfBudget) this.parsed = null;
      throw error;
    }
  }

  private program(): ParseResult {
    this.parsed ??= parseCel(environment, this.source);
    return this.parsed;
  }
}

function compile(
  source: string,
  expected: 'bool' | undefined,
  programOf: (parsed: ParseResult) => RuleProgram,
): Compiled {
  const parsed = parseCel(environment, source);
  const faults = expressionFaults(parsed.ast);
  if (faults.length > 0) return { ok: false, faults };
  const { valid, type, error } = parsed.check();
  if (!valid) return { ok: false, faults: [faultOf(error)] };
  if (expected !== undefined && type !== expected)
    return {
      ok: false,
      faults: [
        {
          offset: 0,
          message:
            type === 'dyn'
              ? 'nobody can tell whether it gives true or false'
              : `it gives ${String(type)}, not true or false`,
          remedy: 'compare it with something, like == true',
        },
      ],
    };
  return { ok: true, program: programOf(parsed) };
}

function faultOf(error: unknown): CelFault {
  const message = summaryOf(error);
  return { offset: offsetOf(error), message, remedy: remedyFor(message) };
}

/** What CEL says, without the excerpt it draws beneath. */
export function summaryOf(error: unknown): string {
  const summary: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'summary') : undefined;
  return typeof summary === 'string' ? summary : messageOf(error);
}

function offsetOf(error: unknown): number {
  const range: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'range') : undefined;
  const start: unknown = typeof range === 'object' && range !== null ? Reflect.get(range, 'start') : undefined;
  return typeof start === 'number' ? start : 0;
}

function remedyFor(message: string): string {
  const word = /(?:No such key|Unknown variable): (\w+)/.exec(message)?.[1];
  if (word === undefined) return 'write a valid CEL expression; docs/policies.md has examples';
  const parts = RULE_FIELDS.flatMap(({ path }) => path.split('.'));
  const [near] = closest(word, parts, 1);
  return near === undefined ? 'use only the fields that docs/policies.md lists' : `did you mean ${near}?`;
}
