import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { IdentityUnavailable, People } from '../identity/index.js';
import { Logger } from '../platform/logging/index.js';
import { SubmitRequest } from '../requests/index.js';
import { AppError } from '../shared/index.js';
import type { Bulk, BulkRow } from './bulk.js';
import { BulkStore } from './bulk.store.js';

const TICK_MILLISECONDS = 1_000;
/** Lines of one file before it is the next file's turn. */
const TURN = 20;
const MOST_ATTEMPTS = 5;

/**
 * Turns the lines of files that were sent into requests. A line's key is its request's, so that it may be tried again, also
 * on another replica at the same time, and still be one request.
 */
@Injectable()
export class BulkSender {
  private isBusy = false;

  constructor(
    private readonly store: BulkStore,
    private readonly people: People,
    private readonly submissions: SubmitRequest,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const bulk = await this.store.claim();
      if (bulk !== null) await this.turn(bulk);
    } catch (error) {
      this.logger.error('A file of requests could not be sent on; the next tick tries again', error);
    } finally {
      this.isBusy = false;
    }
  }

  private async turn(bulk: Bulk): Promise<void> {
    for (const row of await this.store.unsent(bulk.id, TURN)) await this.line(bulk, row);
    await this.store.release(bulk.id);
  }

  private async line(bulk: Bulk, row: BulkRow): Promise<void> {
    try {
      const person = await this.people.get(bulk.personId);
      const key = `bulk:${bulk.id}:${row.line}`;
      const { traceId, originChannelId } = bulk;
      const wish = { ...row.wish, person, idempotencyKey: key, traceId, originChannelId };
      const { id } = await this.submissions.submit(wish, row.planDigest);
      await this.store.settleRow(bulk.id, row.line, { requestId: id });
    } catch (error) {
      await this.failed(bulk, row, error);
    }
  }

  /** What was said in a sentence stays so; anything else may be better in a moment. */
  private async failed({ id, traceId }: Bulk, { line }: BulkRow, error: unknown): Promise<void> {
    if (error instanceof AppError && !(error instanceof IdentityUnavailable)) {
      await this.store.settleRow(id, line, { problem: error.publicMessage });
      return;
    }
    const attempts = await this.store.countAttempt(id, line);
    this.logger.error('A line of a file could not be sent', error, { bulk: id, line, attempts });
    if (attempts < MOST_ATTEMPTS) return;
    const problem = `It could not be sent, for a reason that the platform team finds under trace ${traceId}. Request it again by itself.`;
    await this.store.settleRow(id, line, { problem });
  }
}
