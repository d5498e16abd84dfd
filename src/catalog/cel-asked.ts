import type { ASTNode } from '@marcbachmann/cel-js';
import { type CelFault, faultAt } from './cel-faults.js';
import { celNodes } from './cel-nodes.js';
import type { KnownScope } from './expressions.js';

/** What a step that may not run gives is known to nobody beforehand. */
const ANYTHING = ['steps'];

/** CEL itself lets `has` ask for anything; a misspelt field would then be missing for ever, and nobody would notice. */
export function askedFaults(ast: ASTNode, known: KnownScope): CelFault[] {
  return [...celNodes(ast)].flatMap((node) => {
    const [asked] = node.op === 'call' && node.args[0] === 'has' ? node.args[1] : [];
    const path = asked === undefined ? null : pathOf(asked);
    const missing = path === null || ANYTHING.includes(path[0] ?? '') ? null : missingIn(known, path);
    if (asked === undefined || missing === null) return [];
    return [faultAt(asked, `No such key: ${missing}`, 'check its spelling')];
  });
}

/** `params.size` as its parts; null for what is no plain path. */
function pathOf(node: ASTNode): string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return null;
  const [of, name] = node.args;
  const before = pathOf(of);
  return before === null ? null : [...before, name];
}

/** The first part that leads nowhere. What is no map of known fields may hold anything. */
function missingIn(known: KnownScope, [first = '', ...rest]: readonly string[]): string | null {
  // A name of a loop.
  if (!Object.hasOwn(known, first)) return null;
  let inside: string | KnownScope | undefined = known[first];
  for (const part of rest) {
    if (inside === undefined || typeof inside === 'string') return null;
    if (!Object.hasOwn(inside, part)) return part;
    inside = inside[part];
  }
  return null;
}
