import type { ASTNode } from '@marcbachmann/cel-js';
import { celNodes, childrenOf, isMatches, linear } from '../../catalog/index.js';
import { closest } from '../../platform/documents/index.js';
import { messageOf } from '../../shared/index.js';
import { VARIABLES } from './rule-fields.js';

/** What is wrong with an expression that is valid CEL. */
export interface ExpressionFault {
  /** Characters into the expression. */
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

/** Loops within loops: with lists of at most 100 that is 10,000 turns. */
const MAX_NESTED_LOOPS = 2;
const MAX_LOOPS = 5;
/** `map` makes lists larger than those it was given; one after the other they would grow without end. */
const MAX_MAPS = 1;
const LOOPS = ['all', 'exists', 'exists_one', 'filter', 'map'];
/**
 * Functions that give nothing larger than what they were given. What is missing from CEL builds new values (join,
 * split, bind, bytes), with which a short expression grows without end.
 */
const FUNCTIONS = [
  ...LOOPS,
  'has',
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'matchesInLinearTime',
  'lowerAscii',
  'upperAscii',
  'trim',
  'indexOf',
  'substring',
  'int',
  'double',
  'string',
  'bool',
  'dyn',
  'type',
  'timestamp',
  'duration',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getDayOfWeek',
  'getDayOfMonth',
  'getDate',
  'getMonth',
  'getFullYear',
];

/** Everything that would let an expression run too long, fail for lack of a field, or match with a pattern nobody saw. */
export function expressionFaults(ast: ASTNode): ExpressionFault[] {
  const nodes = [...celNodes(ast)];
  const loops = nodes.filter(isLoop);
  const [sixth] = loops.slice(MAX_LOOPS);
  const [second] = loops.filter((node) => node.args[0] === 'map').slice(MAX_MAPS);
  return [
    ...nodes.flatMap(callFaults),
    ...nodes.flatMap(patternFaults),
    ...nodes.flatMap(hasFaults),
    ...deepLoops(ast, 0).map((node) =>
      fault(node, `loops are nested deeper than ${MAX_NESTED_LOOPS}`, 'write it flatter, or as two rules'),
    ),
    ...(second === undefined
      ? []
      : [fault(second, 'there is more than one map', 'ask with exists or all instead, which need no new list')]),
    ...(sixth === undefined
      ? []
      : [fault(sixth, `there are more than ${MAX_LOOPS} loops`, 'write it shorter, or as two rules')]),
  ];
}

function callFaults(node: ASTNode): ExpressionFault[] {
  if (node.op !== 'call' && node.op !== 'rcall') return [];
  const [name] = node.args;
  if (FUNCTIONS.includes(name)) return [];
  const [near] = closest(name, FUNCTIONS, 1);
  const remedy = near === undefined ? 'use only the functions of docs/policies.md' : `did you mean ${near}?`;
  return [fault(node, `rules have no function ${name}`, remedy)];
}

function patternFaults(node: ASTNode): ExpressionFault[] {
  if (!isMatches(node)) return [];
  const [pattern] = node.args[2];
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
    return [fault(node, 'matches wants its pattern as plain text', "write it in quotes, like matches('^[a-z]+$')")];
  try {
    linear(pattern.args);
    return [];
  } catch (error) {
    const remedy = 'write it without look-around and back-references, which would need backtracking';
    return [fault(pattern, `the pattern can't be used (${messageOf(error)})`, remedy)];
  }
}

/** CEL itself lets `has` ask for anything; a misspelt field would then be false for ever. */
function hasFaults(node: ASTNode): ExpressionFault[] {
  if (node.op !== 'call' || node.args[0] !== 'has') return [];
  const [asked] = node.args[1];
  if (asked?.op !== '.' || asked.args[0].op !== 'id') return [];
  const { args: variable } = asked.args[0];
  const fields = Object.hasOwn(VARIABLES, variable) ? VARIABLES[variable] : undefined;
  const [, name] = asked.args;
  if (typeof fields !== 'object' || Object.hasOwn(fields, name)) return [];
  const [near] = closest(name, Object.keys(fields), 1);
  const remedy = near === undefined ? `use one of ${Object.keys(fields).join(', ')}` : `did you mean ${near}?`;
  return [fault(asked, `No such key: ${name}`, remedy)];
}

function deepLoops(node: ASTNode, depth: number): ASTNode[] {
  const inside = isLoop(node) ? depth + 1 : depth;
  if (inside > MAX_NESTED_LOOPS) return [node];
  if (!isLoop(node)) return childrenOf(node).flatMap((child) => deepLoops(child, inside));
  // What is looped over is evaluated once, outside of the loop.
  return [...deepLoops(node.args[1], depth), ...node.args[2].flatMap((child) => deepLoops(child, inside))];
}

function isLoop(node: ASTNode): node is Extract<ASTNode, { op: 'rcall' }> {
  return node.op === 'rcall' && LOOPS.includes(node.args[0]);
}

function fault(node: ASTNode, message: string, remedy: string): ExpressionFault {
  return { offset: node.start, message, remedy };
}

/** Names asked of `parameters`, with their places. */
export function parameterNames(ast: ASTNode): { name: string; offset: number }[] {
  return [...celNodes(ast)].flatMap((node) => {
    if (node.op !== '.' && node.op !== '[]') return [];
    const [of, key] = node.args;
    if (of.op !== 'id' || of.args !== 'parameters') return [];
    const name = typeof key === 'string' ? key : key.op === 'value' && typeof key.args === 'string' ? key.args : null;
    return name === null ? [] : [{ name, offset: node.start }];
  });
}
