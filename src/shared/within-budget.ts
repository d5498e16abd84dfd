import { createContext, Script } from 'node:vm';

/** Thousands of times what an honest expression needs, also on a machine that is busy with something else. */
const BUDGET_MILLISECONDS = 250;

export class OutOfBudget extends Error {
  constructor() {
    super('it was stopped because it took too long');
  }
}

const script = new Script('work()');
const context = createContext({ work: null });

/**
 * Runs something synchronous that comes from outside, and stops it by force when it does not end: a loop without an end
 * can't be stopped from within the one thread that it holds. What it worked on is then to be thrown away.
 * @throws OutOfBudget
 */
export function withinBudget<T>(work: () => T, milliseconds = BUDGET_MILLISECONDS): T {
  // What is thrown inside comes out as the same value only if it does not cross the boundary as an exception.
  let outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown } | undefined;
  const before: unknown = context.work;
  context.work = (): void => {
    try {
      outcome = { ok: true, value: work() };
    } catch (error) {
      outcome = { ok: false, error };
    }
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new OutOfBudget();
  } finally {
    context.work = before;
  }
  if (outcome === undefined) throw new OutOfBudget();
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
