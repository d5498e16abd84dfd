import { Injectable } from '@nestjs/common';
import type { Runbook, RunbookStep } from '../catalog/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Reader } from './incident.store.js';
import { NoPlaybook } from './incidents.errors.js';
import type { PlaybookState, PlaybookStep, PlaybookStepState } from './playbook.js';

interface StepRow {
  playbook_id: string;
  name: string;
  title: string;
  kind: RunbookStep['kind'];
  instructions: string | null;
  reversible: boolean;
  state: PlaybookStepState;
  attempt: number;
  scope: JsonObject | null;
  approval_id: string | null;
  run_id: string | null;
  rollback_run_id: string | null;
  note: string | null;
  changed_by: string | null;
  changed_at: Date | null;
  version: number;
}

/** A playbook without its steps. */
export interface PlaybookHead {
  readonly id: string;
  readonly incidentId: string;
  readonly runbookName: string;
  readonly runbookDigest: string;
  readonly state: PlaybookState;
  readonly version: number;
}

/** What a step's run may see, as it was when the step was clicked; approved by digest. */
export interface StoredStep extends PlaybookStep {
  readonly scope: JsonObject | null;
}

export interface StepChange {
  readonly playbookId: string;
  readonly name: string;
  readonly from: readonly PlaybookStepState[];
  readonly to: PlaybookStepState;
  /** Only if this is still the attempt; absent for a person's click. */
  readonly attempt?: number;
  readonly by?: string;
  readonly note?: string | null;
}

const HEAD = `select id, incident_id as "incidentId", runbook_name as "runbookName", runbook_digest as "runbookDigest", state, version
  from playbooks`;

/** The playbooks and playbook_steps tables. Step changes are compare-and-set: null means that it was not in any of `from`. */
@Injectable()
export class PlaybookStore {
  constructor(private readonly transactions: Transactions) {}

  async findInUse(incidentId: string, reader: Reader = this.transactions): Promise<PlaybookHead | null> {
    const [row] = await reader.query<PlaybookHead>(`${HEAD} where incident_id = $1 and state = 'in-use'`, [incidentId]);
    return row ?? null;
  }

  list(incidentId: string): Promise<PlaybookHead[]> {
    return this.transactions.query<PlaybookHead>(`${HEAD} where incident_id = $1 order by created_at, id`, [
      incidentId,
    ]);
  }

  /** @throws NoPlaybook */
  async get(id: string, reader: Reader = this.transactions): Promise<PlaybookHead> {
    const [row] = await reader.query<PlaybookHead>(`${HEAD} where id = $1`, [id]);
    if (row === undefined) throw new NoPlaybook();
    return row;
  }

  /** Takes a runbook into use, or takes up again where it was left when it was in use before. */
  async use(
    tx: Tx,
    wanted: { id: string; incidentId: string; runbook: Runbook; by: string | null },
  ): Promise<PlaybookHead> {
    const { id, incidentId, runbook, by } = wanted;
    await tx.query(
      `update playbooks set state = 'set-aside', version = version + 1 where incident_id = $1 and state = 'in-use'`,
      [incidentId],
    );
    const [row] = await tx.query<{ id: string }>(
      `insert into playbooks (id, incident_id, runbook_name, runbook_digest, state, chosen_by) values ($1, $2, $3, $4, 'in-use', $5)
       on conflict (incident_id, runbook_name) do update set state = 'in-use', chosen_by = $5, version = playbooks.version + 1
       returning id`,
      [id, incidentId, runbook.name, runbook.digest, by],
    );
    const playbookId = row?.id ?? id;
    if (playbookId === id) await this.insertSteps(tx, id, runbook);
    return this.get(playbookId, tx);
  }

  async steps(playbookId: string, reader: Reader = this.transactions): Promise<StoredStep[]> {
    const rows = await reader.query<StepRow>('select * from playbook_steps where playbook_id = $1 order by position', [
      playbookId,
    ]);
    return rows.map(stepOf);
  }

  /** @throws NoPlaybook */
  async step(playbookId: string, name: string, reader: Reader = this.transactions): Promise<StoredStep> {
    const [row] = await reader.query<StepRow>('select * from playbook_steps where playbook_id = $1 and name = $2', [
      playbookId,
      name,
    ]);
    if (row === undefined) throw new NoPlaybook();
    return stepOf(row);
  }

  /** Holds a step still until the transaction ends, and reads it as it is. */
  async lockStep(tx: Tx, { playbookId, name }: PlaybookStep): Promise<StoredStep> {
    await tx.query('select 1 from playbook_steps where playbook_id = $1 and name = $2 for update', [playbookId, name]);
    return this.step(playbookId, name, tx);
  }

  async change(tx: Tx, { playbookId, name, from, to, attempt, by, note }: StepChange): Promise<StoredStep | null> {
    const [row] = await tx.query<StepRow>(
      `update playbook_steps set state = $4, version = version + 1, note = $5, changed_at = now(), changed_by = coalesce($6, changed_by)
       where playbook_id = $1 and name = $2 and state = any($3) and ($7::integer is null or attempt = $7) returning *`,
      [playbookId, name, from, to, note ?? null, by ?? null, attempt ?? null],
    );
    return row === undefined ? null : stepOf(row);
  }

  /** Opens the next attempt of a step that was just changed: forgets the last one's run and keeps what this one may see. */
  async nextAttempt(tx: Tx, step: PlaybookStep, scope: JsonObject): Promise<StoredStep> {
    return this.put(
      tx,
      step,
      'attempt = attempt + 1, scope = $3, run_id = null, approval_id = null, rollback_run_id = null',
      [JSON.stringify(scope)],
    );
  }

  /** As {@link nextAttempt}, for taking back what the last run did. */
  async nextRollback(tx: Tx, step: PlaybookStep): Promise<StoredStep> {
    return this.put(tx, step, 'attempt = attempt + 1, rollback_run_id = null', []);
  }

  setApproval(tx: Tx, step: PlaybookStep, approvalId: string): Promise<StoredStep> {
    return this.put(tx, step, 'approval_id = $3', [approvalId]);
  }

  setRun(tx: Tx, step: PlaybookStep, runId: string): Promise<StoredStep> {
    return this.put(tx, step, 'run_id = $3', [runId]);
  }

  setRollbackRun(tx: Tx, step: PlaybookStep, runId: string): Promise<StoredStep> {
    return this.put(tx, step, 'rollback_run_id = $3', [runId]);
  }

  private async put(tx: Tx, step: PlaybookStep, assignments: string, more: readonly unknown[]): Promise<StoredStep> {
    const [row] = await tx.query<StepRow>(
      `update playbook_steps set version = version + 1, ${assignments} where playbook_id = $1 and name = $2 returning *`,
      [step.playbookId, step.name, ...more],
    );
    if (row === undefined) throw new NoPlaybook();
    return stepOf(row);
  }

  private async insertSteps(tx: Tx, playbookId: string, { steps }: Runbook): Promise<void> {
    for (const [position, step] of steps.entries()) {
      await tx.query(
        `insert into playbook_steps (playbook_id, position, name, title, kind, instructions, reversible, state)
         values ($1, $2, $3, $4, $5, $6, $7, 'waiting')`,
        [
          playbookId,
          position,
          step.name,
          step.title,
          step.kind,
          step.instructions ?? null,
          step.kind !== 'manual' && step.reversible,
        ],
      );
    }
  }
}

function stepOf(row: StepRow): StoredStep {
  return {
    playbookId: row.playbook_id,
    name: row.name,
    title: row.title,
    kind: row.kind,
    instructions: row.instructions,
    reversible: row.reversible,
    state: row.state,
    attempt: row.attempt,
    scope: row.scope,
    approvalId: row.approval_id,
    runId: row.run_id,
    rollbackRunId: row.rollback_run_id,
    note: row.note,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    version: row.version,
  };
}
