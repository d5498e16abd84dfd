import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { JsonObject } from '../shared/index.js';
import { LIVING, type Resource, type ResourceRow, type ResourceState, resourceOf } from './resource.js';

export type NewResource = Pick<
  Resource,
  | 'id'
  | 'requestId'
  | 'kind'
  | 'title'
  | 'itemName'
  | 'itemVersion'
  | 'itemDigest'
  | 'teamId'
  | 'environment'
  | 'ownerId'
  | 'parameters'
  | 'leaseHours'
  | 'traceId'
> & {
  /** Of which there is at most one living. */
  readonly identity: string | null;
  /** Ids of what it stands on. */
  readonly standsOn?: readonly string[];
  /** At the end of its lease what stands on it is destroyed with it. */
  readonly takesDependents?: boolean;
};

const LISTED = 100;
/** Nothing stands on it, or what does goes with it. */
const MAY_END = `(takes_dependents or not exists (select 1 from resource_dependencies d join resources above on above.id = d.resource_id
  where d.on_id = resources.id and above.state in ${LIVING}))`;

/** Rows of resources. Every change of state is a compare-and-set: null means that somebody else was first. */
@Injectable()
export class ResourceStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(tx: Tx, resource: NewResource): Promise<void> {
    const {
      id,
      requestId,
      kind,
      title,
      itemName,
      itemVersion,
      itemDigest,
      teamId,
      environment,
      ownerId,
      parameters,
      leaseHours,
      traceId,
      identity,
      takesDependents = false,
    } = resource;
    await tx.query(
      `insert into resources (id, request_id, kind, title, state, item_name, item_version, item_digest, team_id, environment, owner_id, parameters, lease_hours, trace_id, identity, takes_dependents)
       values ($1, $2, $3, $4, 'provisioning', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (id) do nothing`,
      [
        id,
        requestId,
        kind,
        title,
        itemName,
        itemVersion,
        itemDigest,
        teamId,
        environment,
        ownerId,
        JSON.stringify(parameters),
        leaseHours,
        traceId,
        identity,
        takesDependents,
      ],
    );
  }

  async find(id: string, source: Pick<Tx, 'query'> = this.transactions): Promise<Resource | null> {
    return one(await source.query<ResourceRow>('select * from resources where id = $1', [id]));
  }

  async findByIdentity(identity: string): Promise<Resource | null> {
    return one(
      await this.transactions.query<ResourceRow>(
        `select * from resources where identity = $1 and state in ${LIVING} limit 1`,
        [identity],
      ),
    );
  }

  async living(filter: { ownerId?: string; teamIds?: readonly string[] }): Promise<Resource[]> {
    const rows = await this.transactions.query<ResourceRow>(
      `select * from resources where state in ${LIVING} and (owner_id = $1 or team_id = any($2)) order by created_at desc limit ${LISTED}`,
      [filter.ownerId ?? null, filter.teamIds ?? []],
    );
    return rows.map(resourceOf);
  }

  async allLiving(): Promise<Resource[]> {
    const rows = await this.transactions.query<ResourceRow>(
      `select * from resources where state in ${LIVING} order by created_at desc limit ${LISTED}`,
    );
    return rows.map(resourceOf);
  }

  /** Living ones with exactly this title, name parameter or output, in any case of letters. */
  async named(text: string): Promise<Resource[]> {
    const rows = await this.transactions.query<ResourceRow>(
      `select * from resources where state in ${LIVING} and (lower(title) = lower($1) or lower(parameters->>'name') = lower($1)
         or exists (select 1 from jsonb_each_text(outputs) as output where lower(output.value) = lower($1)))
       order by created_at desc limit ${LISTED}`,
      [text],
    );
    return rows.map(resourceOf);
  }

  async activate(
    tx: Tx,
    id: string,
    made: { outputs: JsonObject; secretRef: string | null; runId: string },
  ): Promise<Resource | null> {
    return one(
      await tx.query<ResourceRow>(
        `update resources set state = 'active', outputs = $2, secret_ref = $3, run_id = $4, lease_ends_at = now() + make_interval(hours => lease_hours),
           version = version + 1, updated_at = now() where id = $1 and state = 'provisioning' returning *`,
        [id, JSON.stringify(made.outputs), made.secretRef, made.runId],
      ),
    );
  }

  async move(
    tx: Tx,
    id: string,
    from: readonly ResourceState[],
    to: ResourceState,
    more: { reason?: string; destroyRunId?: string } = {},
  ): Promise<Resource | null> {
    return one(
      await tx.query<ResourceRow>(
        `update resources set state = $3, destroy_reason = coalesce($4, destroy_reason), destroy_run_id = coalesce($5, destroy_run_id),
           secret_ref = case when $3 = 'destroyed' then null else secret_ref end,
           destroyed_at = case when $3 = 'destroyed' then now() else destroyed_at end, version = version + 1, updated_at = now()
         where id = $1 and state = any($2) returning *`,
        [id, from, to, more.reason ?? null, more.destroyRunId ?? null],
      ),
    );
  }

  /** The row, locked until the transaction ends: an extension and the sweep take turns. */
  async lock(tx: Tx, id: string): Promise<Resource | null> {
    return one(await tx.query<ResourceRow>('select * from resources where id = $1 for update', [id]));
  }

  /** Adds hours to the end of a living lease, never beyond `maxHours` from now. Null when it isn't active (any more). */
  async extend(tx: Tx, id: string, hours: number, maxHours: number): Promise<Resource | null> {
    return one(
      await tx.query<ResourceRow>(
        `update resources set lease_ends_at = least(greatest(lease_ends_at, now()) + make_interval(hours => $2), now() + make_interval(hours => $3)),
           lease_warned_at = null, version = version + 1, updated_at = now() where id = $1 and state = 'active' returning *`,
        [id, hours, maxHours],
      ),
    );
  }

  /** Something is being done to it at this moment: an operation of its item, or a reconciliation. */
  async isBusy(tx: Tx, id: string): Promise<boolean> {
    const sql = `select 1 from resource_operations where resource_id = $1 and state = 'running'`;
    return (await tx.query(sql, [id])).length > 0;
  }

  async setDestroyRun(tx: Tx, id: string, runId: string): Promise<void> {
    await tx.query('update resources set destroy_run_id = $2, updated_at = now() where id = $1', [id, runId]);
  }

  /** Ids of active ones whose lease is over by the database's clock, the longest first. */
  async ended(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from resources where state = 'active' and lease_ends_at <= now() and ${MAY_END} order by lease_ends_at limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** Null when it is not at its end (any more), or when another sweep or an extension has it in hand. */
  async lockEnded(tx: Tx, id: string): Promise<Resource | null> {
    return one(
      await tx.query<ResourceRow>(
        `select * from resources where id = $1 and state = 'active' and lease_ends_at <= now() and ${MAY_END}
           and not exists (select 1 from resource_operations where resource_id = $1 and state = 'running') for update skip locked`,
        [id],
      ),
    );
  }

  /** The versions of catalog items whose resources wait for a warning: how early it comes is theirs to say. */
  async unwarnedItems(): Promise<{ name: string; digest: string }[]> {
    return this.transactions.query(
      `select distinct item_name as name, item_digest as digest from resources where state = 'active' and lease_warned_at is null`,
    );
  }

  /** Takes those of an item that are due for their one warning. A short lease is warned of in its last quarter. */
  async takeDue(
    tx: Tx,
    item: { name: string; digest: string; warnHoursBefore: number },
    limit: number,
  ): Promise<Resource[]> {
    const rows = await tx.query<ResourceRow>(
      `update resources set lease_warned_at = now() where id in (
         select id from resources where item_name = $1 and item_digest = $2 and state = 'active' and lease_warned_at is null
           and lease_ends_at > now() and lease_ends_at <= now() + least($3::numeric, lease_hours / 4.0) * interval '1 hour'
         order by lease_ends_at limit $4 for update skip locked)
       returning *`,
      [item.name, item.digest, item.warnHoursBefore, limit],
    );
    return rows.map(resourceOf);
  }

  /** Which of these are over, or never were. */
  async over(ids: readonly string[]): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select wanted.id from unnest($1::text[]) as wanted (id) left join resources on resources.id = wanted.id
       where resources.id is null or resources.state not in ${LIVING}`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  async countLiving(): Promise<{ item: string; environment: string; count: number }[]> {
    return this.transactions.query(
      `select item_name as item, environment, count(*)::integer as count from resources where state in ${LIVING} group by 1, 2`,
    );
  }
}

function one(rows: ResourceRow[]): Resource | null {
  const [row] = rows;
  return row === undefined ? null : resourceOf(row);
}
