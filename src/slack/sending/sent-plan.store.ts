import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database/index.js';

/** A plan that somebody sent, and the modal in which they wait. */
export interface SentPlan {
  readonly draftId: string;
  readonly personId: string;
  readonly viewId: string;
  readonly traceId: string;
}

interface Kept {
  readonly sent: SentPlan;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const HELD = "interval '2 minutes'";
const AT_A_TIME = 50;

/** Sent plans that wait to be opened. Many are written at once: while one statement is under way, the next ones gather. */
@Injectable()
export class SentPlanStore {
  private gathered: Kept[] = [];
  private isWriting = false;

  constructor(private readonly transactions: Transactions) {}

  /** Resolves once it is written down. The same draft twice is once. */
  keep(sent: SentPlan): Promise<void> {
    return new Promise((done, failed) => {
      this.gathered.push({ sent, done, failed });
      if (!this.isWriting) void this.write();
    });
  }

  async forget(draftId: string): Promise<void> {
    await this.transactions.query('delete from sent_plans where draft_id = $1', [draftId]);
  }

  /** What a replica that is gone, or that failed, left behind; the oldest first. Held from now on. */
  async takeOver(): Promise<SentPlan[]> {
    const rows = await this.transactions.query<SentPlan & { sentAt: Date }>(
      `update sent_plans set held_until = now() + ${HELD} where draft_id in (
         select draft_id from sent_plans where held_until <= now() order by held_until limit $1 for update skip locked)
       returning draft_id as "draftId", person_id as "personId", view_id as "viewId", trace_id as "traceId", sent_at as "sentAt"`,
      [AT_A_TIME],
    );
    return rows.sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  }

  /** For another replica to go on with at once. */
  async letGo(draftIds: readonly string[]): Promise<void> {
    await this.transactions.query('update sent_plans set held_until = now() where draft_id = any($1)', [draftIds]);
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.gathered.length > 0) {
      const batch = this.gathered;
      this.gathered = [];
      await this.insert(batch.map(({ sent }) => sent)).then(
        () => {
          batch.forEach(({ done }) => {
            done();
          });
        },
        (error: unknown) => {
          batch.forEach(({ failed }) => {
            failed(error);
          });
        },
      );
    }
    this.isWriting = false;
  }

  private async insert(batch: readonly SentPlan[]): Promise<void> {
    await this.transactions.query(
      `insert into sent_plans (draft_id, person_id, view_id, trace_id, held_until)
       select *, now() + ${HELD} from unnest($1::text[], $2::text[], $3::text[], $4::text[])
       on conflict (draft_id) do nothing`,
      [
        batch.map(({ draftId }) => draftId),
        batch.map(({ personId }) => personId),
        batch.map(({ viewId }) => viewId),
        batch.map(({ traceId }) => traceId),
      ],
    );
  }
}
