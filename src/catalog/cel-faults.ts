import type { ASTNode } from '@marcbachmann/cel-js';
import { messageOf } from '../shared/index.js';
import { isMatches, linear } from './cel-environment.js';
import { celNodes, childrenOf } from './cel-nodes.js';

/** What is wrong with an expression that is valid CEL. */
export interface CelFault {
  /** Characters into the expression. */
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

/** What goes over the entries of a list. */
export const CEL_LOOPS = ['all', 'exists', 'exists_one', 'filter', 'map'] as const;

/** Loops within loops: with lists of at most 100 that is 10,000 turns. */
const MAX_NESTED_LOOPS = 2;
const MAX_LOOPS = 5;
const SHORTER = 'write it shorter, or as two';

/** Loops that would let an expression run for ever. */
export function loopFaults(ast: ASTNode): CelFault[] {
  const [sixth] = [...celNodes(ast)].filter(isLoop).slice(MAX_LOOPS);
  return [
    ...deepLoops(ast, 0).map((node) =>
      faultAt(node, `loops are nested deeper than ${MAX_NESTED_LOOPS}`, 'write it flatter, or as two'),
    ),
    ...(sixth === undefined ? [] : [faultAt(sixth, `there are more than ${MAX_LOOPS} loops`, SHORTER)]),
  ];
}

/** Patterns that are written out and can't be used. */
export function patternFaults(ast: ASTNode): CelFault[] {
  return [...celNodes(ast)].flatMap((node) => {
    const [pattern] = isMatches(node) ? node.args[2] : [];
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return [];
    try {
      linear(pattern.args);
      return [];
    } catch (error) {
      const remedy = 'write it without look-around and back-references, which would need backtracking';
      return [faultAt(pattern, `the pattern can't be used (${messageOf(error)})`, remedy)];
    }
  });
}

export function isLoop(node: ASTNode): node is Extract<ASTNode, { op: 'rcall' }> {
  return node.op === 'rcall' && CEL_LOOPS.some((name) => name === node.args[0]);
}

/** Whether it goes over lists at all: anything else ends soon. */
export function hasLoops(ast: ASTNode): boolean {
  return [...celNodes(ast)].some(isLoop);
}

export function faultAt({ start }: ASTNode, message: string, remedy: string): CelFault {
  return { offset: start, message, remedy };
}

function deepLoops(node: ASTNode, depth: number): ASTNode[] {
  const inside = isLoop(node) ? depth + 1 : depth;
  if (inside > MAX_NESTED_LOOPS) return [node];
  if (!isLoop(node)) return childrenOf(node).flatMap((child) => deepLoops(child, inside));
  // What is looped over is evaluated once, outside of the loop.
  return [...deepLoops(node.args[1], depth), ...node.args[2].flatMap((child) => deepLoops(child, inside))];
}
