import type { Amount, Expressions, Scope } from '../catalog/index.js';
import { AppError, type Json } from '../shared/index.js';
import { exact } from './cost-estimate.js';

/** More of anything is a slip of the pen. */
const MOST = 1_000_000_000;

/** An expression of the catalog gave something that is no amount. The author's fault, not the requester's. */
export class NoAmount extends AppError {
  readonly code = 'quotas.no_amount';

  constructor(what: string) {
    super(
      `How much “${what}” this takes could not be worked out: its expression gives no number from 0 to ${MOST}. Nothing was requested. Tell the owner of the catalog item.`,
      { details: { what } },
    );
  }
}

/** The value of a quantity. @throws NoAmount, ExpressionFailed */
export function amountOf(expressions: Expressions, what: string, template: Amount, scope: Scope): number {
  const value: Json = typeof template === 'number' ? template : expressions.evaluate(template, scope);
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > MOST) throw new NoAmount(what);
  return exact(value);
}
