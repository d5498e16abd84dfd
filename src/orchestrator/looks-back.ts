import type { Json } from '../shared/index.js';

/** An expression that looks at an earlier step. */
const LOOKS_BACK = /\$\{\{(?:(?!\}\}).)*\bsteps\b/s;

/** Whether something can be worked out only when earlier steps have run. */
export function looksBack(template: Json): boolean {
  return LOOKS_BACK.test(JSON.stringify(template));
}
