import { type ASTNode, Environment, type Limits, type ParseResult } from '@marcbachmann/cel-js';
import { celNodes } from './cel-nodes.js';
import { identifierOf } from './identifier.js';
import { LinearPattern } from './linear-pattern.js';

/** What an author's expression may hold; a larger one is refused when the file is read. */
export const CEL_LIMITS: Limits = {
  maxAstNodes: 500,
  maxDepth: 40,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 16,
};

const MAX_PATTERN_LETTERS = 500;
const MAX_REMEMBERED = 200;
const LINEAR = 'matchesInLinearTime';

const compiled = new Map<string, LinearPattern>();

/** CEL with `identifier(['a', 'b'])`, and `matches` that never backtracks. Parse with {@link parseCel}. */
export function celEnvironment(unlistedVariablesAreDyn: boolean, limits: Partial<Limits> = {}): Environment {
  return new Environment({
    unlistedVariablesAreDyn,
    homogeneousAggregateLiterals: false,
    limits: { ...CEL_LIMITS, ...limits },
  })
    .registerFunction('identifier(list): string', (parts: unknown[]) => identifierOf(parts.map(String)))
    .registerFunction(`string.${LINEAR}(string): bool`, (text: string, pattern: string) => linear(pattern).test(text));
}

/** The library's own `matches` backtracks: one bad pattern would stop the whole process. Each is replaced by ours. */
export function parseCel(environment: Environment, source: string): ParseResult {
  const parsed = environment.parse(source);
  for (const node of celNodes(parsed.ast)) if (isMatches(node)) node.args[0] = LINEAR;
  return parsed;
}

/** A call of `matches`, as it was written. */
export function isMatches(node: ASTNode): node is Extract<ASTNode, { op: 'rcall' }> {
  return node.op === 'rcall' && (node.args[0] === 'matches' || node.args[0] === LINEAR) && node.args[2].length === 1;
}

/** @throws when it is no regular expression, or needs look-around or back-references */
export function linear(pattern: string): LinearPattern {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > MAX_PATTERN_LETTERS) throw new RangeError('the pattern is too long');
  const made = new LinearPattern(pattern);
  if (compiled.size >= MAX_REMEMBERED) compiled.clear();
  compiled.set(pattern, made);
  return made;
}
