import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { JsonObject } from '../../shared/index.js';
import type { OperationPlan, OperationRun, OperationState } from './operation-run.js';

interface OperationRow {
  id: string;
  idempotency_key: string;
  resource_id: string;
  kind: OperationRun['kind'];
  name: string;
  title: string;
  state: OperationState;
  item_digest: string;
  parameters: JsonObject;
  plan: OperationPlan;
  before: OperationRun['before'];
  outputs: JsonObject;
  failure: string | null;
  reason: string;
  person_id: string;
  approval_id: string | null;
  run_id: string | null;
  fleet_id: string | null;
  trace_id: string;
  created_at: Date;
  ended_at: Date | null;
}

export type NewOperation = Omit<
  OperationRun,
  'before' | 'outputs' | 'failure' | 'approvalId' | 'runId' | 'createdAt' | 'endedAt'
> & { readonly idempotencyKey: string };

export interface UpgradedResource {
  readonly itemVersion: string;
  readonly itemDigest: string;
  readonly parameters: JsonObject;
  readonly outputs: JsonObject;
  readonly secretRef: string | null;
  readonly runId: string;
}

type Source = Pick<Tx, 'query'>;

/** Rows of what is done to living resources. Nothing is deleted; every change of state is a compare-and-set. */
@Injectable()
export class OperationStore {
  constructor(private readonly transactions: Transactions) {}

  /** Null when the key was used before, or when something else is being done to the resource. */
  async insert(tx: Tx, one: NewOperation): Promise<OperationRun | null> {
    const values = [one.id, one.idempotencyKey, one.resourceId, one.kind, one.name, one.title, one.state];
    const more = [one.itemDigest, JSON.stringify(one.parameters), JSON.stringify(one.plan), one.reason, one.personId];
    const [row] = await tx.query<OperationRow>(
      `insert into resource_operations (id, idempotency_key, resource_id, kind, name, title, state, item_digest, parameters, plan, reason, person_id, trace_id, fleet_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing returning *`,
      [...values, ...more, one.traceId, one.fleetId],
    );
    return row === undefined ? null : operationOf(row);
  }

  async find(id: string, source: Source = this.transactions): Promise<OperationRun | null> {
    const [row] = await source.query<OperationRow>('select * from resource_operations where id = $1', [id]);
    return row === undefined ? null : operationOf(row);
  }

  async withKey(key: string): Promise<OperationRun | null> {
    const sql = 'select * from resource_operations where idempotency_key = $1';
    const [row] = await this.transactions.query<OperationRow>(sql, [key]);
    return row === undefined ? null : operationOf(row);
  }

  /** The newest first. */
  async ofResource(resourceId: string, limit: number): Promise<OperationRun[]> {
    const rows = await this.transactions.query<OperationRow>(
      'select * from resource_operations where resource_id = $1 order by created_at desc limit $2',
      [resourceId, limit],
    );
    return rows.map(operationOf);
  }

  async move(
    tx: Tx,
    id: string,
    from: readonly OperationState[],
    to: OperationState,
    more: { runId?: string; before?: OperationRun['before']; outputs?: JsonObject; failure?: string } = {},
  ): Promise<OperationRun | null> {
    const { runId = null, before = null, outputs = null, failure = null } = more;
    const [row] = await tx.query<OperationRow>(
      `update resource_operations set state = $3, run_id = coalesce($4, run_id), before = coalesce($5, before), outputs = coalesce($6, outputs),
         failure = coalesce($7, failure), ended_at = case when $3 in ('done', 'failed', 'denied', 'expired') then now() end, version = version + 1
       where id = $1 and state = any($2) returning *`,
      [id, from, to, runId, json(before), json(outputs), failure],
    );
    return row === undefined ? null : operationOf(row);
  }

  async setApproval(tx: Tx, id: string, approvalId: string): Promise<void> {
    await tx.query('update resource_operations set approval_id = $2 where id = $1', [id, approvalId]);
  }

  /** From now on it is of another version. False when it is not what was upgraded (any more). */
  async upgradeResource(
    tx: Tx,
    id: string,
    { formerRunId, ...now }: UpgradedResource & { readonly formerRunId: string },
  ): Promise<boolean> {
    const rows = await tx.query(
      `update resources set item_version = $3, item_digest = $4, parameters = $5, outputs = $6, secret_ref = $7, run_id = $8,
         version = version + 1, updated_at = now()
       where id = $1 and run_id = $2 and state = 'active' returning id`,
      [
        id,
        formerRunId,
        now.itemVersion,
        now.itemDigest,
        JSON.stringify(now.parameters),
        JSON.stringify(now.outputs),
        now.secretRef,
        now.runId,
      ],
    );
    return rows.length > 0;
  }

  /** What an operation says about the resource afterwards. */
  async changeResource(
    tx: Tx,
    id: string,
    { parameters, outputs, secretRef }: { parameters: JsonObject; outputs: JsonObject; secretRef: string | null },
  ): Promise<void> {
    await tx.query(
      `update resources set parameters = parameters || $2, outputs = outputs || $3, secret_ref = coalesce($4, secret_ref),
         version = version + 1, updated_at = now()
       where id = $1 and state = 'active'`,
      [id, JSON.stringify(parameters), JSON.stringify(outputs), secretRef],
    );
  }
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function operationOf(row: OperationRow): OperationRun {
  return {
    id: row.id,
    idempotencyKey: row.idempotency_key,
    resourceId: row.resource_id,
    kind: row.kind,
    name: row.name,
    title: row.title,
    state: row.state,
    itemDigest: row.item_digest,
    parameters: row.parameters,
    plan: row.plan,
    before: row.before,
    outputs: row.outputs,
    failure: row.failure,
    reason: row.reason,
    personId: row.person_id,
    approvalId: row.approval_id,
    runId: row.run_id,
    fleetId: row.fleet_id,
    traceId: row.trace_id,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
