import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { People } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { QuotaExceeded, Quotas } from '../quotas/index.js';
import { AppError } from '../shared/index.js';
import { QueueStore } from './queue.store.js';
import type { QueuedRequest } from './queued-request.js';
import { RequestQueue } from './request-queue.js';
import { RequestRefused } from './requests.errors.js';
import { SubmitRequest } from './submit-request.js';
import { isForQuotaAlone } from './wish-limits.js';

const TICK_MILLISECONDS = 3_000;
/** What will be gone in a minute: the place in the queue is kept. */
const PASSING = new Set(['database.unavailable', 'identity.slack_unavailable', 'secrets.store_unavailable']);

/**
 * Opens what waits in the queue as soon as there is enough for it: within a team, environment and unit in the order of the queue.
 * A tick may be missed, repeated or run on every replica at once; a request is opened once, by its idempotency key.
 */
@Injectable()
export class QueueOpener {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: QueueStore,
    private readonly queue: RequestQueue,
    private readonly quotas: Quotas,
    private readonly submissions: SubmitRequest,
    private readonly people: People,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    for (const part of [() => this.expire(), () => this.open()]) {
      await part().catch((error: unknown) => {
        this.logger.error('A part of the work on the queue failed; the next tick tries again', error);
      });
    }
  }

  /** Answers how many were opened. */
  async open(): Promise<number> {
    let opened = 0;
    for (const queued of await this.store.waiting()) {
      try {
        if (await this.openOne(queued)) opened += 1;
      } catch (error) {
        // One that can't be opened must not keep the others waiting.
        this.logger.error('A queued request could not be opened; the next tick tries again', error, { id: queued.id });
      }
    }
    return opened;
  }

  async expire(): Promise<void> {
    for (const id of await this.store.overdue())
      await this.queue.ended(id, 'expired', 'Nothing was returned in a week.');
  }

  private async openOne(queued: QueuedRequest): Promise<boolean> {
    // One that was left half opened may hold its quota already; only sending it again tells.
    if (queued.state === 'waiting' && !(await this.isItsTurn(queued))) return false;
    const claimed = await this.transactions.run((tx) => this.store.claim(tx, queued.id));
    return claimed !== null && this.submit(claimed);
  }

  private async isItsTurn({ id, teamId, environment, wants }: QueuedRequest): Promise<boolean> {
    // Those before it count as if they had it already: that keeps the order.
    const lines = await this.quotas.check({ teamId, environment, queuedAs: id }, wants);
    const never = lines.find(({ limit, wants: wanted }) => limit === null || wanted > limit);
    if (never !== undefined) {
      await this.queue.ended(
        id,
        'refused',
        `It wants ${never.wants} ${never.title}, and the limit is ${never.limit ?? 0} now.`,
      );
      return false;
    }
    return lines.every(({ exceeded }) => !exceeded);
  }

  private async submit(queued: QueuedRequest): Promise<boolean> {
    const { id, personId, content, idempotencyKey, traceId, planDigest } = queued;
    try {
      const person = await this.people.get(personId);
      const wish = { ...content, person, idempotencyKey, traceId, queuedAs: id };
      const request = await this.submissions.submit(wish, planDigest);
      await this.queue.opened(id, request.id);
      return true;
    } catch (error) {
      await this.putOff(id, error);
      return false;
    }
  }

  /** Somebody was quicker, or something is away for a moment: it waits on at its place. Anything else is told, and ends it. */
  private async putOff(id: string, error: unknown): Promise<void> {
    const taken =
      error instanceof QuotaExceeded || (error instanceof RequestRefused && isForQuotaAlone(error.decision));
    const passing = !(error instanceof AppError) || PASSING.has(error.code);
    if (!taken && !passing) return this.queue.ended(id, 'refused', error.publicMessage);
    await this.transactions.run((tx) => this.store.move(tx, id, ['opening'], 'waiting'));
    if (passing) throw error;
  }
}
