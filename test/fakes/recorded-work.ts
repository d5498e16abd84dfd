import type { Transactions, Tx } from '../../src/platform/database/index.js';
import type { Durable, Job } from '../../src/platform/durable/index.js';
import type { Json } from '../../src/shared/index.js';

export interface RecordedWork {
  kind: 'enqueued';
  workflowId: string;
  payload: Json;
}

/** The durable engine without running anything: what is enqueued is written down in the caller's transaction, and goes with it. */
export class RecordingDurable implements Pick<Durable, 'enqueue'> {
  /** When set, the engine refuses everything. */
  down = false;
  /** Called before something is written down, to let something else happen at that very moment. */
  before: (workflowId: string) => Promise<void> = () => Promise.resolve();

  private constructor(private readonly transactions: Transactions) {}

  static async on(transactions: Transactions): Promise<RecordingDurable> {
    await transactions.query(
      'create table recorded_work (at bigint generated always as identity, kind text, workflow_id text, payload jsonb)',
    );
    return new RecordingDurable(transactions);
  }

  enqueue(tx: Tx, job: Job): Promise<void> {
    return this.record(tx, 'enqueued', job.id, { workflow: job.workflow, args: job.args });
  }

  /** What was committed for this workflow, oldest first. */
  of(workflowId: string): Promise<RecordedWork[]> {
    return this.transactions.query<RecordedWork>(
      'select kind, workflow_id as "workflowId", payload from recorded_work where workflow_id like $1 order by at',
      [workflowId],
    );
  }

  private async record(tx: Tx, kind: RecordedWork['kind'], workflowId: string, payload: Json): Promise<void> {
    if (this.down) throw new Error('The durable engine is not launched.');
    await this.before(workflowId);
    await tx.query('insert into recorded_work (kind, workflow_id, payload) values ($1, $2, $3)', [
      kind,
      workflowId,
      JSON.stringify(payload),
    ]);
  }
}
