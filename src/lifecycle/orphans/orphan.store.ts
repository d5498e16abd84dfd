import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { Orphan, OrphanClaim, OrphanedThing } from './orphan.js';

const CLAIM_SECONDS = 180;
const MOST_ADDED = 500;
const MOST_LISTED = 100;

const ORPHANS = `select o.run_id as "runId", o.resource_id as "resourceId", r.title, r.item_name as "itemName", r.team_id as "teamId",
    r.environment, r.owner_id as "ownerId", r.request_id as "requestId", r.trace_id as "traceId", r.state as "resourceState", o.state,
    o.things, o.failure, o.found_at as "foundAt", o.ignored_until as "ignoredUntil", o.ignored_by as "ignoredBy",
    o.removal_run_id as "removalRunId", o.version
  from orphans o join resources r on r.id = o.resource_id`;

/** When it is looked at again: what is left every hour; what is gone after an hour and a day, as a worker may come back late. */
const NEXT_LOOK = `case when $3 = 'found' then now() + interval '1 hour' when looks = 0 then now() + interval '1 hour'
  when looks = 1 then now() + interval '1 day' end`;

/** Rows about runs that should have left nothing. Every change is a compare-and-set on the version that was seen. */
@Injectable()
export class OrphanStore {
  constructor(private readonly transactions: Transactions) {}

  /** Runs of failed requests that nobody goes on with, and all that made or changed a resource which is gone or could not be destroyed. */
  async addMissing(): Promise<void> {
    await this.transactions.query(
      `insert into orphans (run_id, resource_id)
       select run.id, r.id from runs run
         join requests q on run.subject_kind = 'request' and q.id = run.subject_id
         join resources r on r.id = q.resource_id
       where run.kind = 'apply' and run.state in ('failed', 'cancelled') and q.state in ('failed', 'cancelled')
         and not exists (select 1 from runs later where later.continues_run_id = run.id) and ${MADE_SOMETHING} and ${UNKNOWN}
       union
       select run.id, r.id from resources r
         join runs run on run.id = r.run_id or (run.subject_kind = 'resource' and run.subject_id = r.id and run.kind in ('operate', 'upgrade'))
       where r.state in ('destroyed', 'destroy-failed') and ${MADE_SOMETHING} and ${UNKNOWN}
       limit ${MOST_ADDED} on conflict do nothing`,
    );
  }

  /** Takes some that are due; no other replica gets them as long as the claim lasts. */
  async claimDue(limit: number): Promise<OrphanClaim[]> {
    return this.transactions.query<OrphanClaim>(
      `update orphans set claimed_until = now() + interval '${CLAIM_SECONDS} seconds', version = version + 1
       where run_id in (select run_id from orphans where next_look_at <= now() and coalesce(claimed_until, '-infinity') <= now()
         and state <> 'removing' order by next_look_at limit $1 for update skip locked)
       returning run_id as "runId", version`,
      [limit],
    );
  }

  /** Somebody wants to know now. */
  async hasten(): Promise<void> {
    await this.transactions.query(`update orphans set next_look_at = now() where state = 'found'`);
  }

  /** Positions of steps that made what a living resource has now. */
  async takenOver(runId: string): Promise<ReadonlySet<number>> {
    const rows = await this.transactions.query<{ position: number }>(
      `select distinct s.position from step_runs s
         join step_runs living on living.action = s.action and living.action_state = s.action_state and living.run_id <> s.run_id
         join resources r on r.run_id = living.run_id and r.state in ('provisioning', 'active', 'destroying')
       where s.run_id = $1 and s.action_state is not null`,
      [runId],
    );
    return new Set(rows.map(({ position }) => position));
  }

  async find(runId: string, source: Pick<Tx, 'query'> = this.transactions): Promise<Orphan | null> {
    const [row] = await source.query<Orphan>(`${ORPHANS} where o.run_id = $1`, [runId]);
    return row ?? null;
  }

  /** Those of which something is left, the oldest first. */
  async left(): Promise<Orphan[]> {
    return this.transactions.query<Orphan>(
      `${ORPHANS} where o.state in ('found', 'removing') order by o.found_at, o.run_id limit ${MOST_LISTED}`,
    );
  }

  /** What was found. False when the claim is void. */
  async record(tx: Tx, { runId, version }: OrphanClaim, things: readonly OrphanedThing[]): Promise<boolean> {
    const rows = await tx.query(
      `update orphans set things = $4, state = $3, failure = null, looks = looks + 1, looked_at = now(), claimed_until = null,
         found_at = case when $3 = 'found' then coalesce(found_at, now()) end, next_look_at = ${NEXT_LOOK}, version = version + 1
       where run_id = $1 and version = $2 returning run_id`,
      [runId, version, things.length > 0 ? 'found' : 'gone', JSON.stringify(things)],
    );
    return rows.length > 0;
  }

  /** Nothing could be found out: what was known stays. */
  async recordFailure(tx: Tx, { runId, version }: OrphanClaim, failure: string): Promise<void> {
    await tx.query(
      `update orphans set failure = $3, claimed_until = null, next_look_at = now() + interval '6 hours', version = version + 1
       where run_id = $1 and version = $2`,
      [runId, version, failure],
    );
  }

  /** False when it is not there to be removed (any more). */
  async startRemoval(tx: Tx, runId: string, removalRunId: string): Promise<boolean> {
    const rows = await tx.query(
      `update orphans set state = 'removing', removal_run_id = $2, failure = null, claimed_until = null, version = version + 1
       where run_id = $1 and state = 'found' returning run_id`,
      [runId, removalRunId],
    );
    return rows.length > 0;
  }

  /** Its removal has ended, and it is to be looked at by the one who gets this claim. Null when that was done before. */
  async endRemoval(tx: Tx, runId: string, removalRunId: string, failure: string | null): Promise<OrphanClaim | null> {
    const [row] = await tx.query<OrphanClaim>(
      `update orphans set state = 'found', failure = $3, removal_run_id = null, claimed_until = null, next_look_at = now(), version = version + 1
       where run_id = $1 and state = 'removing' and removal_run_id = $2 returning run_id as "runId", version`,
      [runId, removalRunId, failure],
    );
    return row ?? null;
  }

  async ignore(tx: Tx, runId: string, until: Date, by: string): Promise<boolean> {
    const rows = await tx.query(
      `update orphans set ignored_until = $2, ignored_by = $3, version = version + 1 where run_id = $1 and state = 'found' returning run_id`,
      [runId, until, by],
    );
    return rows.length > 0;
  }

  async countLeft(): Promise<number> {
    const [row] = await this.transactions.query<{ count: number }>(
      `select count(*)::integer as count from orphans where state in ('found', 'removing')`,
    );
    return row?.count ?? 0;
  }
}

const MADE_SOMETHING = `exists (select 1 from step_runs s where s.run_id = run.id and s.action_state is not null)`;
const UNKNOWN = `not exists (select 1 from orphans o where o.run_id = run.id)`;
