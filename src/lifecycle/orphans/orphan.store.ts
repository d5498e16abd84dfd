import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { Orphan, OrphanClaim, OrphanedThing } from './orphan.js';

const CLAIM_SECONDS = 180;
const MOST_ADDED = 500;
const MOST_LISTED = 100;

const ORPHANS = `select o.run_id as "runId",
    case when run.subject_kind = 'incident' then 'playbook' when r.state in ('destroyed', 'destroy-failed') then 'resource'
      when run.subject_kind = 'resource' then 'operation' else 'request' end as origin,
    case when i.id is not null then jsonb_build_object('kind', 'incident', 'id', i.id)
      else jsonb_build_object('kind', 'resource', 'id', r.id) end as subject,
    coalesce(i.title, r.title) as title, r.request_id as "requestId", i.id as "incidentId", coalesce(i.trace_id, r.trace_id) as "traceId",
    case when r.id is not null then jsonb_build_object('id', r.id, 'title', r.title, 'teamId', r.team_id, 'environment', r.environment,
      'ownerId', r.owner_id, 'state', r.state) end as resource,
    o.state, o.things, o.failure, o.found_at as "foundAt", o.ignored_until as "ignoredUntil", o.ignored_by as "ignoredBy",
    o.removal_run_id as "removalRunId", o.version
  from orphans o join runs run on run.id = o.run_id left join resources r on r.id = o.resource_id
    left join incidents i on run.subject_kind = 'incident' and i.id = run.subject_id`;

/** When it is looked at again: what is left every hour; what is gone after an hour and a day, as a worker may come back late. */
const NEXT_LOOK = `case when $3 = 'found' then now() + interval '1 hour' when looks = 0 then now() + interval '1 hour'
  when looks = 1 then now() + interval '1 day' end`;

/** Rows about runs that should have left nothing. Every change is a compare-and-set on the version that was seen. */
@Injectable()
export class OrphanStore {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Runs of failed requests that nobody goes on with, all that made or changed a resource which is gone or could not be destroyed,
   * operations that failed on one which lives, and steps of playbooks that failed or could not be rolled back.
   */
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
       union
       select run.id, r.id from runs run join resources r on run.subject_kind = 'resource' and run.subject_id = r.id
       where run.kind in ('operate', 'upgrade') and run.state in ('failed', 'cancelled') and ${MADE_SOMETHING} and ${UNKNOWN}
       union
       select run.id, r.id from runs run join incidents i on run.subject_kind = 'incident' and run.subject_id = i.id
         left join resources r on r.id = i.resource_id
       where run.kind = 'step' and (run.state in ('failed', 'cancelled')
           or exists (select 1 from playbook_steps step where step.run_id = run.id and step.state = 'rollback-failed'))
         and ${MADE_SOMETHING} and ${UNKNOWN}
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

  /** Positions of steps that made what a living resource has now, or what a later operation or step made again. */
  async takenOver(runId: string): Promise<ReadonlySet<number>> {
    const rows = await this.transactions.query<{ position: number }>(
      `select distinct s.position from step_runs s
         join step_runs living on living.action = s.action and living.run_id <> s.run_id and ${SAME_THING}
         join runs run on run.id = living.run_id
       where s.run_id = $1 and s.action_state is not null and (
         exists (select 1 from resources r where r.run_id = run.id and r.state in ${LIVES})
         or run.kind in ('operate', 'upgrade') and run.state in ${GOES_WELL}
           and exists (select 1 from resources r where r.id = run.subject_id and r.state in ${LIVES})
         or run.kind = 'step' and run.state in ${GOES_WELL}
           and exists (select 1 from playbook_steps step where step.run_id = run.id and step.state in ('running', 'done')))`,
      [runId],
    );
    return new Set(rows.map(({ position }) => position));
  }

  async find(runId: string, source: Pick<Tx, 'query'> = this.transactions): Promise<Orphan | null> {
    const [row] = await source.query<Orphan>(`${ORPHANS} where o.run_id = $1`, [runId]);
    return row ?? null;
  }

  /** Those of which something is left, the oldest first; or the ones among them that somebody wants not to be reminded of. */
  async left(which: 'open' | 'ignored'): Promise<Orphan[]> {
    return this.transactions.query<Orphan>(
      `${ORPHANS} where ${LEFT} and ${which === 'open' ? 'not ' : ''}${IGNORED} order by o.found_at, o.run_id limit ${MOST_LISTED}`,
    );
  }

  async countLeft(which: 'open' | 'ignored'): Promise<number> {
    const [row] = await this.transactions.query<{ count: number }>(
      `select count(*)::integer as count from orphans o where ${LEFT} and ${which === 'open' ? 'not ' : ''}${IGNORED}`,
    );
    return row?.count ?? 0;
  }

  /** Ends what was to be ignored until now. True when there was any. */
  async remind(tx: Tx): Promise<boolean> {
    const rows = await tx.query(
      'update orphans set ignored_until = null, ignored_by = null, version = version + 1 where ignored_until <= now() returning run_id',
    );
    return rows.length > 0;
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

  /** False when it is not ignored (any more). */
  async stopIgnoring(tx: Tx, runId: string): Promise<boolean> {
    const rows = await tx.query(
      `update orphans set ignored_until = null, ignored_by = null, version = version + 1
       where run_id = $1 and state = 'found' and ignored_until is not null returning run_id`,
      [runId],
    );
    return rows.length > 0;
  }
}

/** A secret is the same one in another version. */
const SAME_THING = `(living.action_state = s.action_state or s.action_state ? 'secretRef'
  and regexp_replace(living.action_state::text, '#[0-9]+"', '"', 'g') = regexp_replace(s.action_state::text, '#[0-9]+"', '"', 'g'))`;
const LEFT = `o.state in ('found', 'removing')`;
const IGNORED = `(o.state = 'found' and coalesce(o.ignored_until, '-infinity') > now())`;
const LIVES = `('provisioning', 'active', 'destroying')`;
const GOES_WELL = `('waiting', 'running', 'succeeded')`;
const MADE_SOMETHING = `exists (select 1 from step_runs s where s.run_id = run.id and s.action_state is not null)`;
const UNKNOWN = `not exists (select 1 from orphans o where o.run_id = run.id)`;
