import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';

/** When a resource sleeps, and whether it does, as far as is known. */
export interface ResourceSchedule {
  readonly resourceId: string;
  /** Null: none any more, but it still sleeps. */
  readonly choice: string | null;
  readonly timeZone: string;
  readonly setBy: string;
  readonly state: 'awake' | 'asleep';
  readonly awakeUntil: Date | null;
  readonly awakeBy: string | null;
  /** Put to sleep by hand: its schedule lets it sleep until then. */
  readonly asleepUntil: Date | null;
  readonly asleepBy: string | null;
  /** Why it could not be put to sleep or woken the last time. */
  readonly failure: string | null;
  /** What is done for it is done once an attempt. */
  readonly attempt: number;
  readonly version: number;
}

const SCHEDULE = `select s.resource_id as "resourceId", s.choice, s.time_zone as "timeZone", s.set_by as "setBy", s.state,
  s.awake_until as "awakeUntil", s.awake_by as "awakeBy", s.asleep_until as "asleepUntil", s.asleep_by as "asleepBy", s.failure, s.attempt, s.version from resource_schedules s`;
const MOST = 500;

/** Rows of schedules. A step of one that changes its state is a compare-and-set on its version. */
@Injectable()
export class ScheduleStore {
  constructor(private readonly transactions: Transactions) {}

  async find(resourceId: string, source: Pick<Tx, 'query'> = this.transactions): Promise<ResourceSchedule | null> {
    const [row] = await source.query<ResourceSchedule>(`${SCHEDULE} where s.resource_id = $1`, [resourceId]);
    return row ?? null;
  }

  /** Of living resources, but for those that failed a moment ago. */
  async due(): Promise<ResourceSchedule[]> {
    return this.transactions.query<ResourceSchedule>(
      `${SCHEDULE} join resources r on r.id = s.resource_id
       where r.state = 'active' and s.next_try_at <= now() and (s.choice is not null or s.state = 'asleep')
       order by s.next_try_at limit ${MOST}`,
    );
  }

  async set(
    tx: Tx,
    { resourceId, choice, timeZone, setBy }: Pick<ResourceSchedule, 'resourceId' | 'choice' | 'timeZone' | 'setBy'>,
  ): Promise<void> {
    await tx.query(
      `insert into resource_schedules (resource_id, choice, time_zone, set_by) values ($1, $2, $3, $4)
       on conflict (resource_id) do update set choice = excluded.choice, time_zone = excluded.time_zone, set_by = excluded.set_by,
         awake_until = null, awake_by = null, asleep_until = null, asleep_by = null, failure = null, next_try_at = now(), version = resource_schedules.version + 1`,
      [resourceId, choice, timeZone, setBy],
    );
  }

  /** False when it has none. */
  async keepAwake(tx: Tx, resourceId: string, until: Date, by: string): Promise<boolean> {
    const rows = await tx.query(
      `update resource_schedules set awake_until = $2, awake_by = $3, asleep_until = null, asleep_by = null, failure = null, next_try_at = now(), version = version + 1
       where resource_id = $1 and choice is not null returning resource_id`,
      [resourceId, until, by],
    );
    return rows.length > 0;
  }

  /** Somebody brought it to this state, which it keeps until then whatever its schedule says. */
  async hold(
    tx: Tx,
    resourceId: string,
    { state, until, by }: { state: ResourceSchedule['state']; until: Date; by: string },
  ): Promise<void> {
    await tx.query(
      `update resource_schedules set state = $2, failure = null, next_try_at = now(), version = version + 1,
         awake_until = case when $2 = 'awake' then $3::timestamptz end, awake_by = case when $2 = 'awake' then $4 end,
         asleep_until = case when $2 = 'asleep' then $3::timestamptz end, asleep_by = case when $2 = 'asleep' then $4 end
       where resource_id = $1`,
      [resourceId, state, until, by],
    );
  }

  /** False when somebody else was first. */
  async settle(tx: Tx, { resourceId, version }: ResourceSchedule, state: 'awake' | 'asleep'): Promise<boolean> {
    const rows = await tx.query(
      `update resource_schedules set state = $3, failure = null, attempt = attempt + 1, version = version + 1 where resource_id = $1 and version = $2 returning resource_id`,
      [resourceId, version, state],
    );
    return rows.length > 0;
  }

  async fail(tx: Tx, { resourceId, version }: ResourceSchedule, failure: string): Promise<boolean> {
    const rows = await tx.query(
      `update resource_schedules set failure = $3, next_try_at = now() + interval '15 minutes', attempt = attempt + 1, version = version + 1
       where resource_id = $1 and version = $2 returning resource_id`,
      [resourceId, version, failure],
    );
    return rows.length > 0;
  }
}
