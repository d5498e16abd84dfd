import { Injectable } from '@nestjs/common';
import type { Verdict } from '../approvals/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Exception } from './exception.js';
import { ExceptionStore } from './exception.store.js';
import { ExceptionJournal } from './exception-journal.js';
import { UnknownException } from './exceptions.errors.js';

/** What becomes of an exception once its owner has spoken. Every method may be repeated. */
@Injectable()
export class ExceptionDecisions {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ExceptionStore,
    private readonly notices: Notices,
    private readonly journal: ExceptionJournal,
  ) {}

  async decided(id: string, verdict: Verdict): Promise<void> {
    const exception = await this.get(id);
    if (verdict.outcome === 'cancelled') return;
    if (exception.kind === 'break-glass') await this.review(exception, verdict);
    else await this.grant(exception, verdict);
  }

  private async grant({ id, ruleTitle, hours }: Exception, { outcome, by, reason }: Verdict): Promise<void> {
    await this.transactions.run(async (tx) => {
      const why = reason === null ? '' : ` ${reason}`;
      if (outcome === 'approved') {
        const granted = await this.store.grant(tx, id, by);
        if (granted === null) return;
        await this.tell(
          tx,
          granted,
          `You have an exception from “${ruleTitle}” for ${hours} hours (${id}). Request it again now.`,
          granted.draftId ?? undefined,
        );
        const summary = `granted an exception from “${ruleTitle}” for ${hours} hours.${why}`;
        await this.journal.record(tx, granted, { type: 'exception.granted', by: by[0] ?? null, summary });
        return;
      }
      const to = outcome === 'denied' ? 'denied' : 'expired';
      const ended = await this.store.move(tx, id, ['asked'], to, by);
      if (ended === null) return;
      const words =
        to === 'denied'
          ? `was denied.${why}`
          : 'expired: nobody answered in time. Ask again, and tell the rule’s owner.';
      await this.tell(tx, ended, `The exception from “${ruleTitle}” ${words}`);
      await this.journal.record(tx, ended, { type: `exception.${to}`, by: by[0] ?? null, summary: words });
    });
  }

  /** A review nobody made stays open: whoever broke the glass can't break it again before. */
  private async review({ id }: Exception, { outcome, by, reason }: Verdict): Promise<void> {
    await this.transactions.run(async (tx) => {
      const exception = await this.get(id);
      if (outcome === 'expired') {
        const summary = 'has not been reviewed in time';
        await this.journal.record(tx, exception, { type: 'exception.review_overdue', by: null, summary });
        return;
      }
      const review = outcome === 'approved' ? 'fine' : 'not-fine';
      const reviewed = await this.store.reviewed(tx, id, review, by);
      if (reviewed === null) return;
      const words =
        review === 'fine' ? 'It was found to be in order.' : `It was found not to be in order. ${reason ?? ''}`;
      await this.tell(tx, reviewed, `Your breaking of the glass (${id}) was reviewed. ${words}`);
      await this.journal.record(tx, reviewed, { type: 'exception.reviewed', by: by[0] ?? null, summary: words });
    });
  }

  private tell(tx: Tx, { id, personId, version }: Exception, text: string, draftId = ''): Promise<void> {
    const to = { kind: 'person', personId } as const;
    const data = { text, exceptionId: id, draftId };
    return this.notices.post(tx, { key: `exception:${id}:${version}`, to, template: 'exception-decided', data });
  }

  private async get(id: string): Promise<Exception> {
    const exception = await this.store.find(id);
    if (exception === null) throw new UnknownException('This exception is not known. Tell the platform team.');
    return exception;
  }
}
