import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { OperationState } from '../operations/operation-run.js';
import type { Fleet, FleetMember, FleetState, MemberState } from './fleet.js';

interface FleetRow {
  id: string;
  item_name: string;
  item_title: string;
  item_owner: string;
  item_version: string;
  item_digest: string;
  state: FleetState;
  wave: number;
  waves: number;
  paused_because: string | null;
  reason: string;
  person_id: string;
  trace_id: string;
  version: number;
  created_at: Date;
  ended_at: Date | null;
}

interface MemberRow {
  fleet_id: string;
  resource_id: string;
  wave: number;
  state: MemberState;
  detail: string | null;
  operation_id: string | null;
  version: number;
  title: string;
  team_id: string;
  environment: string;
  owner_id: string;
  operation_state: OperationState | null;
  operation_failure: string | null;
}

export type NewFleet = Omit<Fleet, 'state' | 'wave' | 'pausedBecause' | 'version' | 'createdAt' | 'endedAt'> & {
  readonly idempotencyKey: string;
};

type Source = Pick<Tx, 'query'>;

const MEMBERS = `select m.*, r.title, r.team_id, r.environment, r.owner_id, o.state as operation_state, o.failure as operation_failure
  from fleet_members m join resources r on r.id = m.resource_id left join resource_operations o on o.id = m.operation_id`;

/** Rows of fleets and their members. Every change of state is a compare-and-set: false or null means that somebody else was first. */
@Injectable()
export class FleetStore {
  constructor(private readonly transactions: Transactions) {}

  /** Null when the key was used before, or another one of the item is under way. */
  async insert(tx: Tx, one: NewFleet): Promise<Fleet | null> {
    const values = [one.id, one.idempotencyKey, one.itemName, one.itemTitle, one.itemOwner, one.itemVersion];
    const [row] = await tx.query<FleetRow>(
      `insert into fleets (id, idempotency_key, item_name, item_title, item_owner, item_version, item_digest, state, waves, reason, person_id, trace_id)
       values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10, $11) on conflict do nothing returning *`,
      [...values, one.itemDigest, one.waves, one.reason, one.personId, one.traceId],
    );
    return row === undefined ? null : fleetOf(row);
  }

  async addMembers(
    tx: Tx,
    fleetId: string,
    members: readonly { resourceId: string; wave: number; state: MemberState; detail: string | null }[],
  ): Promise<void> {
    await tx.query(
      `insert into fleet_members (fleet_id, resource_id, wave, state, detail)
       select $1, "resourceId", wave, state, detail
       from jsonb_to_recordset($2) as m ("resourceId" text, wave integer, state text, detail text)`,
      [fleetId, JSON.stringify(members)],
    );
  }

  async find(id: string, source: Source = this.transactions): Promise<Fleet | null> {
    const [row] = await source.query<FleetRow>('select * from fleets where id = $1', [id]);
    return row === undefined ? null : fleetOf(row);
  }

  async withKey(key: string): Promise<Fleet | null> {
    const [row] = await this.transactions.query<FleetRow>('select * from fleets where idempotency_key = $1', [key]);
    return row === undefined ? null : fleetOf(row);
  }

  /** The one of an item that is under way or paused. */
  async openOf(itemName: string): Promise<Fleet | null> {
    const sql = `select * from fleets where item_name = $1 and state in ('running', 'paused')`;
    const [row] = await this.transactions.query<FleetRow>(sql, [itemName]);
    return row === undefined ? null : fleetOf(row);
  }

  /** Ids of those in which something may have to be done. */
  async inMotion(): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from fleets f where state = 'running'
         or (state in ('paused', 'stopped') and exists (select 1 from fleet_members m where m.fleet_id = f.id and m.state = 'under-way'))
       order by created_at`,
    );
    return rows.map(({ id }) => id);
  }

  async members(fleetId: string): Promise<FleetMember[]> {
    const rows = await this.transactions.query<MemberRow>(
      `${MEMBERS} where m.fleet_id = $1 order by m.wave, r.created_at, m.resource_id`,
      [fleetId],
    );
    return rows.map(memberOf);
  }

  /** Open fleets that wait for a resource, or go on without it for now. */
  async openWith(tx: Tx, resourceId: string): Promise<Fleet[]> {
    const rows = await tx.query<FleetRow>(
      `select f.* from fleets f join fleet_members m on m.fleet_id = f.id
       where m.resource_id = $1 and f.state in ('running', 'paused') and m.state in ('waiting', 'pinned') order by f.id`,
      [resourceId],
    );
    return rows.map(fleetOf);
  }

  async move(
    tx: Tx,
    id: string,
    from: readonly FleetState[],
    to: FleetState,
    pausedBecause: string | null = null,
  ): Promise<Fleet | null> {
    const [row] = await tx.query<FleetRow>(
      `update fleets set state = $3, paused_because = $4, ended_at = case when $3 in ('stopped', 'done') then now() end, version = version + 1
       where id = $1 and state = any($2) returning *`,
      [id, from, to, pausedBecause],
    );
    return row === undefined ? null : fleetOf(row);
  }

  /** The next wave begins when nothing up to this one has anything left to do. */
  async nextWave(tx: Tx, { id, wave }: Pick<Fleet, 'id' | 'wave'>): Promise<boolean> {
    const rows = await tx.query(
      `update fleets set wave = wave + 1, version = version + 1
       where id = $1 and wave = $2 and wave < waves and state = 'running' and not exists (
         select 1 from fleet_members where fleet_id = $1 and wave <= $2 and state in ('waiting', 'under-way')) returning id`,
      [id, wave],
    );
    return rows.length > 0;
  }

  /** Nothing is left, not even one that was put off. */
  async finish(tx: Tx, id: string): Promise<boolean> {
    const rows = await tx.query(
      `update fleets set state = 'done', ended_at = now(), version = version + 1
       where id = $1 and state = 'running' and not exists (
         select 1 from fleet_members where fleet_id = $1 and state in ('waiting', 'under-way', 'pinned')) returning id`,
      [id],
    );
    return rows.length > 0;
  }

  /** Holds the fleet running until the transaction ends. */
  async holdRunning(tx: Tx, id: string): Promise<boolean> {
    const rows = await tx.query(`select 1 from fleets where id = $1 and state = 'running' for share`, [id]);
    return rows.length > 0;
  }

  async moveMember(
    tx: Tx,
    { fleetId, resourceId }: Pick<FleetMember, 'fleetId' | 'resourceId'>,
    from: readonly MemberState[],
    to: MemberState,
    more: { operationId?: string; detail?: string | null } = {},
  ): Promise<boolean> {
    const rows = await tx.query(
      `update fleet_members set state = $4, operation_id = coalesce($5, operation_id), detail = $6, version = version + 1
       where fleet_id = $1 and resource_id = $2 and state = any($3) returning resource_id`,
      [fleetId, resourceId, from, to, more.operationId ?? null, more.detail ?? null],
    );
    return rows.length > 0;
  }

  /** Those that failed are tried again. */
  async retryFailed(tx: Tx, fleetId: string): Promise<void> {
    await tx.query(
      `update fleet_members set state = 'waiting', detail = null, version = version + 1 where fleet_id = $1 and state = 'failed'`,
      [fleetId],
    );
  }

  async markTold(tx: Tx, fleetId: string, resourceIds: readonly string[]): Promise<void> {
    await tx.query('update fleet_members set told = true where fleet_id = $1 and resource_id = any($2)', [
      fleetId,
      resourceIds,
    ]);
  }

  async untold(fleetId: string): Promise<FleetMember[]> {
    const rows = await this.transactions.query<MemberRow>(
      `${MEMBERS} where m.fleet_id = $1 and not m.told order by m.wave, r.created_at, m.resource_id`,
      [fleetId],
    );
    return rows.map(memberOf);
  }
}

function fleetOf(row: FleetRow): Fleet {
  return {
    id: row.id,
    itemName: row.item_name,
    itemTitle: row.item_title,
    itemOwner: row.item_owner,
    itemVersion: row.item_version,
    itemDigest: row.item_digest,
    state: row.state,
    wave: row.wave,
    waves: row.waves,
    pausedBecause: row.paused_because,
    reason: row.reason,
    personId: row.person_id,
    traceId: row.trace_id,
    version: row.version,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}

function memberOf(row: MemberRow): FleetMember {
  const { operation_state: state, operation_failure: failure } = row;
  return {
    fleetId: row.fleet_id,
    resourceId: row.resource_id,
    wave: row.wave,
    state: row.state,
    detail: row.detail,
    operationId: row.operation_id,
    version: row.version,
    title: row.title,
    teamId: row.team_id,
    environment: row.environment,
    ownerId: row.owner_id,
    operation: state === null ? null : { state, failure },
  };
}
