import type { ASTNode } from '@marcbachmann/cel-js';
import {
  CEL_LOOPS,
  type CelFault,
  celNodes,
  faultAt,
  isLoop,
  isMatches,
  loopFaults,
  patternFaults,
} from '../../catalog/index.js';
import { closest } from '../../platform/documents/index.js';
import { VARIABLES } from './rule-fields.js';

/** `map` makes lists larger than those it was given; one after the other they would grow without end. */
const MAX_MAPS = 1;
/**
 * Functions that give nothing larger than what they were given. What is missing from CEL builds new values (join,
 * split, bind, bytes), with which a short expression grows without end.
 */
const FUNCTIONS: readonly string[] = [
  ...CEL_LOOPS,
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
export function expressionFaults(ast: ASTNode): CelFault[] {
  const nodes = [...celNodes(ast)];
  const [second] = nodes.filter((node) => isLoop(node) && node.args[0] === 'map').slice(MAX_MAPS);
  return [
    ...nodes.flatMap(callFaults),
    ...nodes.flatMap(hiddenPatternFaults),
    ...patternFaults(ast),
    ...nodes.flatMap(hasFaults),
    ...loopFaults(ast),
    ...(second === undefined
      ? []
      : [faultAt(second, 'there is more than one map', 'ask with exists or all instead, which need no new list')]),
  ];
}

function callFaults(node: ASTNode): CelFault[] {
  if (node.op !== 'call' && node.op !== 'rcall') return [];
  const [name] = node.args;
  if (FUNCTIONS.includes(name)) return [];
  const [near] = closest(name, FUNCTIONS, 1);
  const remedy = near === undefined ? 'use only the functions of docs/policies.md' : `did you mean ${near}?`;
  return [faultAt(node, `rules have no function ${name}`, remedy)];
}

function hiddenPatternFaults(node: ASTNode): CelFault[] {
  if (!isMatches(node)) return [];
  const [pattern] = node.args[2];
  if (pattern?.op === 'value' && typeof pattern.args === 'string') return [];
  return [faultAt(node, 'matches wants its pattern as plain text', "write it in quotes, like matches('^[a-z]+$')")];
}

/** CEL itself lets `has` ask for anything; a misspelt field would then be false for ever. */
function hasFaults(node: ASTNode): CelFault[] {
  if (node.op !== 'call' || node.args[0] !== 'has') return [];
  const [asked] = node.args[1];
  if (asked?.op !== '.' || asked.args[0].op !== 'id') return [];
  const { args: variable } = asked.args[0];
  const fields = Object.hasOwn(VARIABLES, variable) ? VARIABLES[variable] : undefined;
  const [, name] = asked.args;
  if (typeof fields !== 'object' || Object.hasOwn(fields, name)) return [];
  const [near] = closest(name, Object.keys(fields), 1);
  const remedy = near === undefined ? `use one of ${Object.keys(fields).join(', ')}` : `did you mean ${near}?`;
  return [faultAt(asked, `No such key: ${name}`, remedy)];
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
