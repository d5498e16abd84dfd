import type { Transactions } from '../../src/platform/database/index.js';

/** What a dead bot had in hand for Slack is looked at again when its claim has run out. That is so at once; a wait that was asked for stays. */
export async function runOutClaims(transactions: Transactions): Promise<void> {
  for (const claimed of ['cards', 'notices'])
    await transactions.query(
      `update ${claimed} set not_before = now() where state = 'posting' or not_before > now() + interval '10 seconds'`,
    );
}
