import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { type RequestState, Requests } from '../requests/index.js';
import { canonicalJson } from '../shared/index.js';
import type { Bulk, BulkCounts, BulkRow, BulkState } from './bulk.js';
import { BulkStore } from './bulk.store.js';
import { BulkJournal } from './bulk-journal.js';

const TICK_MILLISECONDS = 2_000;
const HOUR_MILLISECONDS = 3_600_000;

const COUNTED_AS: Readonly<Record<RequestState, keyof BulkCounts>> = {
  'awaiting-approval': 'approval',
  provisioning: 'making',
  halted: 'making',
  ready: 'ready',
  failed: 'failed',
  denied: 'failed',
  expired: 'failed',
  cancelled: 'failed',
};

/** Follows the requests of files that were sent, so that their cards do, until all have ended. May be missed, repeated, or run everywhere. */
@Injectable()
export class BulkWatch {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: BulkStore,
    private readonly requests: Requests,
    private readonly journal: BulkJournal,
    private readonly notices: Notices,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      for (const bulk of await this.store.open()) await this.look(bulk);
    } catch (error) {
      this.logger.error('The state of files of requests was not looked at; the next tick tries again', error);
    }
  }

  @Interval(HOUR_MILLISECONDS)
  async forget(): Promise<void> {
    await this.store.forgetUnsent().catch((error: unknown) => {
      this.logger.error('Files that were never sent were not removed; the next tick tries again', error);
    });
  }

  private async look(bulk: Bulk): Promise<void> {
    const rows = await this.store.rows(bulk.id);
    const states = await this.requests.statesOf(rows.flatMap(({ requestId }) => requestId ?? []));
    const counts = countsOf(rows, states);
    const to = stateFor(counts);
    if (to === bulk.state && canonicalJson(counts) === canonicalJson(bulk.counts)) return;
    await this.transactions.run(async (tx) => {
      const moved = await this.store.progress(tx, bulk, to, counts);
      if (moved === null) return;
      if (to !== 'done') return this.journal.mark(tx, moved);
      const summary = `all ${rows.length} requests ended: ${counts.ready} ready, ${counts.failed + counts.refused} not`;
      await this.notices.post(tx, {
        key: `bulk-done:${bulk.id}`,
        to: { kind: 'person', personId: bulk.personId },
        template: 'plain',
        data: { text: `Of your ${rows.length} requests (${bulk.id}) ${counts.ready} are ready${notReady(counts)}.` },
      });
      await this.journal.record(tx, moved, { type: 'bulk.done', by: null, summary, data: { ...counts } });
    });
  }
}

function countsOf(rows: readonly BulkRow[], states: ReadonlyMap<string, RequestState>): BulkCounts {
  const counts = { unsent: 0, approval: 0, making: 0, ready: 0, failed: 0, refused: 0 };
  for (const { state, requestId } of rows) {
    const where = states.get(requestId ?? '');
    if (state === 'refused') counts.refused += 1;
    else if (where === undefined) counts.unsent += 1;
    else counts[COUNTED_AS[where]] += 1;
  }
  return counts;
}

function stateFor({ unsent, approval, making }: BulkCounts): BulkState {
  if (unsent > 0) return 'sending';
  return approval + making > 0 ? 'sent' : 'done';
}

function notReady({ failed, refused }: BulkCounts): string {
  return failed + refused === 0 ? '' : `, ${failed + refused} are not: the card says why`;
}
