import { AppError } from '../shared/index.js';
import { type BudgetVerdict, budgetSentence } from './budget-verdict.js';
import { holdersSentence, type QuotaLine, quotaSentence } from './quota-line.js';

/** Somebody else was quicker, or it was full all along. */
export class QuotaExceeded extends AppError {
  readonly code = 'quotas.exceeded';

  constructor(readonly lines: readonly QuotaLine[]) {
    const words = lines.map((line) => `${quotaSentence(line)}. ${holdersSentence(line)}`.trim());
    super(
      `There is not enough left: ${words.join(' ')} Nothing was requested. Release something, queue the request, or ask the platform team for a higher limit.`,
      { details: { units: lines.map(({ unit }) => unit) } },
    );
  }
}

/** What gave its lease back is over; it can't take another. */
export class LeaseReturned extends AppError {
  readonly code = 'quotas.lease_returned';

  constructor() {
    super('This came to its end already, so it can’t take anything any more. Nothing was changed; request it again.');
  }
}

/** The team's month would cost more than it may. */
export class BudgetExceeded extends AppError {
  readonly code = 'quotas.budget_exceeded';

  constructor(readonly verdict: BudgetVerdict) {
    super(
      `This goes beyond ${budgetSentence(verdict)}. Nothing was changed. Take something smaller or shorter, release what is not needed, or ask for a higher budget.`,
    );
  }
}
