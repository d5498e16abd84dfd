import { Injectable } from '@nestjs/common';
import type { Facts } from '../../orchestrator/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { Claim, Difference, Drift, DriftState } from './drift.js';

interface DriftRow {
  resource_id: string;
  state: DriftState;
  differences: readonly Difference[];
  failure: string | null;
  checked_at: Date | null;
  since: Date | null;
  ignored_until: Date | null;
  ignored_by: string | null;
  version: number;
}

const IS_LIVING = `exists (select 1 from resources where id = resource_id and state = 'active' and run_id is not null)`;
const IS_BUSY = `exists (select 1 from resource_operations o where o.resource_id = resource_checks.resource_id and o.state = 'running')`;
const CLAIM_SECONDS = 180;
const MOST_ADDED = 500;

/** Rows about checks of living resources. Every result is a compare-and-set on the version that was claimed. */
@Injectable()
export class DriftStore {
  constructor(private readonly transactions: Transactions) {}

  /** Makes room for resources that have none yet; their first checks are spread over one interval. */
  async addMissing(intervalSeconds: number): Promise<void> {
    await this.transactions.query(
      `insert into resource_checks (resource_id, next_check_at)
       select id, now() + random() * $1 * interval '1 second' from resources
       where state = 'active' and run_id is not null and not exists (select 1 from resource_checks where resource_id = id)
       limit ${MOST_ADDED} on conflict do nothing`,
      [intervalSeconds],
    );
  }

  /** Takes some that are due; no other replica gets them as long as the claim lasts. */
  async claimDue(limit: number): Promise<Claim[]> {
    return this.claimWhere(
      `next_check_at <= now() and coalesce(claimed_until, '-infinity') <= now() and ${IS_LIVING} and not ${IS_BUSY} order by next_check_at limit $1`,
      limit,
    );
  }

  /** Null when it is being checked, or changed, at this moment. */
  async claim(resourceId: string): Promise<Claim | null> {
    await this.transactions.query('insert into resource_checks (resource_id) values ($1) on conflict do nothing', [
      resourceId,
    ]);
    const where = `resource_id = $1 and coalesce(claimed_until, '-infinity') <= now() and ${IS_LIVING} and not ${IS_BUSY}`;
    return (await this.claimWhere(where, resourceId))[0] ?? null;
  }

  async find(resourceId: string, source: Pick<Tx, 'query'> = this.transactions): Promise<Drift | null> {
    const rows = await source.query<DriftRow>('select * from resource_checks where resource_id = $1', [resourceId]);
    return rows[0] === undefined ? null : driftOf(rows[0]);
  }

  async lock(tx: Tx, resourceId: string): Promise<Drift | null> {
    const sql = 'select * from resource_checks where resource_id = $1 for update';
    const [row] = await tx.query<DriftRow>(sql, [resourceId]);
    return row === undefined ? null : driftOf(row);
  }

  /** What was found. False when the claim is void. */
  async record(tx: Tx, { resourceId, version }: Claim, found: readonly Difference[], state: DriftState, next: number) {
    const rows = await tx.query(
      `update resource_checks set state = $3, differences = $4, failure = null, checked_at = now(), claimed_until = null,
         since = case when $3 = 'same' then null else coalesce(since, now()) end,
         ignored_until = case when differences = $4 then ignored_until end, ignored_by = case when differences = $4 then ignored_by end,
         next_check_at = now() + $5 * interval '1 second', version = version + 1
       where resource_id = $1 and version = $2 and ${IS_LIVING} returning resource_id`,
      [resourceId, version, state, JSON.stringify(found), next],
    );
    return rows.length > 0;
  }

  /** Nothing could be found out: what was known stays. */
  async recordFailure(tx: Tx, { resourceId, version }: Claim, failure: string, next: number): Promise<boolean> {
    const rows = await tx.query(
      `update resource_checks set failure = $3, claimed_until = null, next_check_at = now() + $4 * interval '1 second', version = version + 1
       where resource_id = $1 and version = $2 returning resource_id`,
      [resourceId, version, failure, next],
    );
    return rows.length > 0;
  }

  async ignore(tx: Tx, resourceId: string, until: Date, by: string): Promise<void> {
    await tx.query(
      'update resource_checks set ignored_until = $2, ignored_by = $3, version = version + 1 where resource_id = $1',
      [resourceId, until, by],
    );
  }

  /** What was found is right from now on. */
  async settle(tx: Tx, resourceId: string): Promise<void> {
    await tx.query(
      `update resource_checks set state = 'same', differences = '[]', since = null, ignored_until = null, ignored_by = null, version = version + 1
       where resource_id = $1`,
      [resourceId],
    );
  }

  /** A check that is under way saw something half changed: it counts no more, and another one is due. */
  async invalidate(tx: Tx, resourceId: string): Promise<void> {
    await tx.query(
      'update resource_checks set version = version + 1, claimed_until = null, next_check_at = now() where resource_id = $1',
      [resourceId],
    );
  }

  async expectations(resourceId: string): Promise<ReadonlyMap<number, Facts>> {
    const rows = await this.transactions.query<{ position: number; facts: Facts }>(
      'select position, facts from resource_expectations where resource_id = $1',
      [resourceId],
    );
    return new Map(rows.map(({ position, facts }) => [position, facts]));
  }

  async expect(
    tx: Tx,
    resourceId: string,
    { position, facts, reason, by }: { position: number; facts: Facts; reason: string; by: string },
  ): Promise<void> {
    await tx.query(
      `insert into resource_expectations (resource_id, position, facts, reason, by_person) values ($1, $2, $3, $4, $5)
       on conflict (resource_id, position) do update set facts = resource_expectations.facts || excluded.facts,
         reason = excluded.reason, by_person = excluded.by_person, at = now()`,
      [resourceId, position, JSON.stringify(facts), reason, by],
    );
  }

  /** The steps have other places now: what is expected of those that stayed as they were goes with them, the rest is void. */
  async moveExpectations(tx: Tx, resourceId: string, places: ReadonlyMap<number, number>): Promise<void> {
    const gone = await tx.query<{ position: number; facts: Facts; reason: string; by_person: string }>(
      'delete from resource_expectations where resource_id = $1 returning position, facts, reason, by_person',
      [resourceId],
    );
    for (const { position, facts, reason, by_person: by } of gone) {
      const place = places.get(position);
      if (place !== undefined) await this.expect(tx, resourceId, { position: place, facts, reason, by });
    }
  }

  /** Living ones by what is known about them. What is ignored counts as such. */
  async count(): Promise<{ item: string; environment: string; state: string; count: number }[]> {
    return this.transactions.query(
      `select r.item_name as item, r.environment, case when c.failure is not null then 'unreadable'
           when c.state in ('changed', 'missing') and c.ignored_until > now() then 'ignored' else c.state end as state, count(*)::integer as count
       from resource_checks c join resources r on r.id = c.resource_id where r.state = 'active' group by 1, 2, 3`,
    );
  }

  private claimWhere(where: string, value: string | number): Promise<Claim[]> {
    return this.transactions.query<Claim>(
      `update resource_checks set claimed_until = now() + interval '${CLAIM_SECONDS} seconds', version = version + 1
       where resource_id in (select resource_id from resource_checks where ${where} for update skip locked)
       returning resource_id as "resourceId", version`,
      [value],
    );
  }
}

function driftOf(row: DriftRow): Drift {
  return {
    resourceId: row.resource_id,
    state: row.state,
    differences: row.differences,
    failure: row.failure,
    checkedAt: row.checked_at,
    since: row.since,
    ignoredUntil: row.ignored_until,
    ignoredBy: row.ignored_by,
    version: row.version,
  };
}
