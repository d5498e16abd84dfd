import { AppError } from '../shared/index.js';
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
