import type { Environment, ParseResult, RegisterVariableDeclaration } from '@marcbachmann/cel-js';
import { Injectable } from '@nestjs/common';
import { type Json, messageOf, withinBudget } from '../shared/index.js';
import { ExpressionFailed } from './catalog.errors.js';
import { askedFaults } from './cel-asked.js';
import { celEnvironment, parseCel } from './cel-environment.js';
import { type CelFault, hasLoops, loopFaults, patternFaults } from './cel-faults.js';
import { fromCel, toCel } from './cel-values.js';
import { piecesOf, textsOf } from './expression-template.js';

/** What expressions can see when they are evaluated: `{ params, request, resource, steps, incident }`. */
export type Scope = Readonly<Record<string, Json>>;

/**
 * CEL type names by field, nested: `{ params: { name: 'string' } }`; `dyn` when the type is unknown. What may be missing
 * ends with `?`, and only expressions that ask `has(…)` for it may use it.
 */
export interface KnownScope {
  readonly [name: string]: string | KnownScope;
}

export interface ExpressionProblem {
  /** Where in the template. */
  readonly path: readonly (string | number)[];
  readonly expression: string;
  /** Characters into the expression. */
  readonly offset: number;
  readonly message: string;
  /** Left out where the message says it all. */
  readonly remedy?: string;
}

/** An expression that is ready to be worked out. */
interface Program {
  readonly parsed: ParseResult;
  /** Only these can take long. */
  readonly loops: boolean;
}

const MAX_REMEMBERED = 1000;

/**
 * CEL inside `${{ }}`. A text that is one expression keeps the expression's type; anything else is joined to text.
 * `identifier(['a', 'b'])` is the one function added to CEL: a name that PostgreSQL and Slack take without quoting.
 * `matches` takes time linear to the text, whatever the pattern; what goes over lists is stopped when it does not end.
 */
@Injectable()
export class Expressions {
  private readonly runtime = celEnvironment(true);
  private readonly programs = new Map<string, Program>();

  /** Replaces every expression of the template. @throws ExpressionFailed naming the expression, never a value. */
  evaluate(template: Json, scope: Scope): Json {
    const context = Object.fromEntries(Object.entries(scope).map(([name, value]) => [name, toCel(value)]));
    return this.fill(template, context);
  }

  /** One `${{ condition }}`. @throws ExpressionFailed if it does not give true or false. */
  condition(template: string, scope: Scope): boolean {
    const result = this.evaluate(template, scope);
    if (typeof result !== 'boolean') throw new ExpressionFailed(template, new TypeError('not true or false'));
    return result;
  }

  /** Sentences about everything wrong in the template, by what it may refer to. */
  check(template: Json, known: KnownScope): string[] {
    return this.problems(template, known).map(({ expression, message }) => `${expression.trim()}: ${message}`);
  }

  /** As {@link check}, with places. `expected` is the CEL type a single expression has to give. */
  problems(template: Json, known: KnownScope, expected?: string): ExpressionProblem[] {
    const checkers = new Checkers(known);
    return [...textsOf(template)].flatMap(({ path, text }) => problemsOfText(checkers, path, text, expected));
  }

  private fill(template: Json, context: Record<string, unknown>): Json {
    if (typeof template === 'string') return this.fillText(template, context);
    if (Array.isArray(template)) return template.map((inner) => this.fill(inner, context));
    if (typeof template !== 'object' || template === null) return template;
    return Object.fromEntries(Object.entries(template).map(([key, inner]) => [key, this.fill(inner, context)]));
  }

  private fillText(template: string, context: Record<string, unknown>): Json {
    const pieces = piecesOf(template);
    const [only] = pieces;
    if (pieces.length === 1 && only?.kind === 'expression') return this.run(only.source, context);
    return pieces
      .map((piece) => (piece.kind === 'text' ? piece.text : textOf(this.run(piece.source, context))))
      .join('');
  }

  private run(source: string, context: Record<string, unknown>): Json {
    try {
      const { parsed, loops } = this.programOf(source);
      const work = (): Json => fromCel(parsed(context));
      return loops ? withinBudget(work) : work();
    } catch (error) {
      // What was stopped half-way can't be used again.
      this.programs.delete(source);
      throw new ExpressionFailed(source.trim(), summaryOf(error));
    }
  }

  private programOf(source: string): Program {
    const known = this.programs.get(source);
    if (known !== undefined) return known;
    const parsed = parseCel(this.runtime, source);
    const program = { parsed, loops: hasLoops(parsed.ast) };
    if (this.programs.size >= MAX_REMEMBERED) this.programs.clear();
    this.programs.set(source, program);
    return program;
  }
}

/** Type checkers for one scope: what may be missing is known only to expressions that ask for it. */
class Checkers {
  private readonly plain: Environment;

  constructor(readonly known: KnownScope) {
    this.plain = checker(known);
  }

  for(source: string): Environment {
    const asked = [...source.matchAll(/\bhas\(\s*([\w.]+)\s*\)/g)].map(([, path = '']) => path);
    return asked.length === 0 ? this.plain : checker(this.known, new Set(asked));
  }
}

function checker(known: KnownScope, asked: ReadonlySet<string> = new Set()): Environment {
  const made = celEnvironment(false);
  for (const [name, type] of Object.entries(present(known, asked, ''))) {
    if (typeof type === 'string') made.registerVariable(name, type);
    // The declared type of `schema` knows one level only; the library takes any depth.
    else made.registerVariable({ name, schema: type } as RegisterVariableDeclaration);
  }
  return made;
}

function present(known: KnownScope, asked: ReadonlySet<string>, prefix: string): KnownScope {
  const entries = Object.entries(known).flatMap(([name, type]): [string, string | KnownScope][] => {
    const path = `${prefix}${name}`;
    if (typeof type !== 'string') return [[name, present(type, asked, `${path}.`)]];
    if (!type.endsWith('?')) return [[name, type]];
    return asked.has(path) ? [[name, type.slice(0, -1)]] : [];
  });
  return Object.fromEntries(entries);
}

function problemsOfText(
  checkers: Checkers,
  path: readonly (string | number)[],
  text: string,
  expected: string | undefined,
): ExpressionProblem[] {
  try {
    const pieces = piecesOf(text);
    const whole = pieces.length === 1 && pieces[0]?.kind === 'expression';
    if (expected !== undefined && !whole)
      return [{ path, expression: text, offset: 0, message: 'this must be one ${{ expression }}' }];
    return pieces.flatMap((piece) => {
      if (piece.kind === 'text') return [];
      const found = (offset: number, message: string): ExpressionProblem[] => [
        { path, expression: piece.source, offset, message },
      ];
      const checker = checkers.for(piece.source);
      const result = checker.check(piece.source);
      if (!result.valid) return found(result.error?.range?.start ?? 0, result.error?.summary ?? 'it is not valid CEL');
      if (expected !== undefined && result.type !== expected && result.type !== 'dyn')
        return found(0, `it gives ${result.type ?? 'nothing'}, not ${expected}`);
      return faultsIn(checker, piece.source, checkers.known).map((fault) => ({
        path,
        expression: piece.source,
        ...fault,
      }));
    });
  } catch (error) {
    return [{ path, expression: text, offset: 0, message: messageOf(error) }];
  }
}

/** What is valid CEL, and yet would not end, never match, or ask for what there never is. */
function faultsIn(checker: Environment, source: string, known: KnownScope): CelFault[] {
  const { ast } = parseCel(checker, source);
  return [...loopFaults(ast), ...patternFaults(ast), ...askedFaults(ast, known)];
}

function textOf(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The library's messages quote the expression, never a value; its `cause` chain might. */
function summaryOf(error: unknown): Error {
  if (error instanceof Error && 'summary' in error && typeof error.summary === 'string')
    return new Error(error.summary);
  return new Error(messageOf(error));
}
