import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { type Holder, MOST_HOLDERS } from './quota-line.js';

export type HolderKind = 'resource' | 'run';

/** Where a unit is counted. */
export interface Place {
  readonly teamId: string;
  readonly environment: string;
}

export interface NewLease extends Place {
  readonly holderKind: HolderKind;
  readonly holderId: string;
  readonly title: string;
  /** Slack user id. */
  readonly ownerId: string;
  /** The place in the queue that this comes from: only what waited longer has precedence. */
  readonly queuedAs?: string;
}

export interface ReturnedLease extends Place {
  readonly unit: string;
  readonly amount: number;
}

/** One unit, as somebody finds it who wants some of it. */
export interface Standing {
  readonly unit: string;
  readonly held: number;
  /** Wanted by those who queued before. */
  readonly queued: number;
  /** What the holder itself holds already, or held. */
  readonly own: number;
  /** The holder came to its end. */
  readonly isReturned: boolean;
}

type Source = Pick<Tx, 'query'>;

/** Rows of leases and the counters that guard them. Counters are always locked before leases, and by unit in alphabetical order. */
@Injectable()
export class LeaseStore {
  constructor(private readonly transactions: Transactions) {}

  /** Takers of these units take turns from here to the end of the transaction. Look at how they stand only afterwards. */
  async lockCounters(tx: Tx, { teamId, environment }: Place, units: readonly string[]): Promise<void> {
    const lock = (): Promise<unknown[]> =>
      tx.query(
        `select 1 from quota_counters where team_id = $1 and environment = $2 and unit = any($3) order by unit for update`,
        [teamId, environment, units],
      );
    if ((await lock()).length === units.length) return;
    await tx.query(
      `insert into quota_counters (team_id, environment, unit) select $1, $2, unit from unnest($3::text[]) as unit order by unit
       on conflict do nothing`,
      [teamId, environment, units],
    );
    await lock();
  }

  /** How each unit stands, in the order of units, for this holder and this place in the queue. Locks nothing. */
  async standing(
    place: Place & { readonly holderId?: string; readonly queuedAs?: string },
    units: readonly string[],
    source: Source = this.transactions,
  ): Promise<Standing[]> {
    const rows = await source.query<{
      unit: string;
      held: string;
      queued: string;
      own: string | null;
      is_returned: boolean;
    }>(
      `select wanted.unit, coalesce(counter.held, 0) as held, lease.amount as own,
         exists (select 1 from quota_leases as over where over.holder_id = $4 and over.state = 'returned') as is_returned, coalesce((
         select sum(amount) from quota_waits as wait
         where wait.team_id = $1 and wait.environment = $2 and wait.unit = wanted.unit and ($5::text is null or (since, waiter_id) <
           (select since, waiter_id from quota_waits as place where place.waiter_id = $5 and place.unit = wanted.unit))), 0) as queued
       from unnest($3::text[]) as wanted (unit)
       left join quota_counters as counter on counter.team_id = $1 and counter.environment = $2 and counter.unit = wanted.unit
       left join quota_leases as lease on lease.holder_id = $4 and lease.unit = wanted.unit
         and lease.team_id = $1 and lease.environment = $2
       order by wanted.unit`,
      [place.teamId, place.environment, units, place.holderId ?? null, place.queuedAs ?? null],
    );
    return rows.map(({ unit, held, queued, own, is_returned: isReturned }) => ({
      unit,
      held: Number(held),
      queued: Number(queued),
      own: Number(own ?? 0),
      isReturned,
    }));
  }

  /** Writes the leases down and counts what came on top. The counters must be locked and the limits kept. */
  async hold(
    tx: Tx,
    lease: NewLease,
    wanted: readonly { unit: string; amount: number; more: number }[],
  ): Promise<void> {
    await tx.query(
      `with wanted as (select * from unnest($7::text[], $8::numeric[], $9::numeric[]) as wanted (unit, amount, more)),
       counted as (
         update quota_counters as counter set held = held + wanted.more from wanted
         where counter.team_id = $3 and counter.environment = $4 and counter.unit = wanted.unit)
       insert into quota_leases (holder_kind, holder_id, team_id, environment, title, owner_id, unit, amount)
       select $1, $2, $3, $4, $5, $6, wanted.unit, wanted.amount from wanted
       on conflict (holder_id, unit) do update set amount = excluded.amount, version = quota_leases.version + 1`,
      [
        lease.holderKind,
        lease.holderId,
        lease.teamId,
        lease.environment,
        lease.title,
        lease.ownerId,
        wanted.map(({ unit }) => unit),
        wanted.map(({ amount }) => amount),
        wanted.map(({ more }) => more),
      ],
    );
  }

  /** Gives back what a holder holds beyond what it wants now. Repeating it changes nothing. */
  async shrink(tx: Tx, holderId: string, wants: Readonly<Record<string, number>>): Promise<void> {
    await tx.query(
      `select 1 from quota_counters where (team_id, environment, unit) in
         (select team_id, environment, unit from quota_leases where holder_id = $1 and state = 'held')
       order by team_id, environment, unit for update`,
      [holderId],
    );
    await tx.query(
      `with kept as (
         select holder_id, unit, team_id, environment, amount, coalesce(($2::jsonb ->> unit)::numeric, 0) as wanted
         from quota_leases where holder_id = $1 and state = 'held'),
       counted as (
         update quota_counters as counter set held = held - (kept.amount - kept.wanted) from kept
         where kept.wanted < kept.amount and counter.team_id = kept.team_id and counter.environment = kept.environment
           and counter.unit = kept.unit),
       gone as (
         delete from quota_leases as lease using kept
         where kept.wanted <= 0 and lease.holder_id = kept.holder_id and lease.unit = kept.unit)
       update quota_leases as lease set amount = kept.wanted, version = version + 1 from kept
       where kept.wanted > 0 and kept.wanted < kept.amount and lease.holder_id = kept.holder_id and lease.unit = kept.unit`,
      [holderId, JSON.stringify(wants)],
    );
  }

  /** Gives back all that a holder holds. Repeating it returns nothing. */
  async giveBack(tx: Tx, holderId: string, because: string): Promise<ReturnedLease[]> {
    await tx.query(
      `select 1 from quota_counters as counter
       where (team_id, environment, unit) in
         (select team_id, environment, unit from quota_leases where holder_id = $1 and state = 'held')
       order by team_id, environment, unit for update`,
      [holderId],
    );
    const rows = await tx.query<{ team_id: string; environment: string; unit: string; amount: string }>(
      `with returned as (
         update quota_leases set state = 'returned', returned_at = now(), returned_because = $2, version = version + 1
         where holder_id = $1 and state = 'held' returning team_id, environment, unit, amount),
       counted as (
         update quota_counters as counter set held = held - returned.amount from returned
         where counter.team_id = returned.team_id and counter.environment = returned.environment and counter.unit = returned.unit)
       select * from returned order by unit`,
      [holderId, because],
    );
    return rows.map(({ team_id: teamId, environment, unit, amount }) => ({
      teamId,
      environment,
      unit,
      amount: Number(amount),
    }));
  }

  /** What a holder holds now. */
  async held(tx: Tx, holderId: string): Promise<ReturnedLease[]> {
    const rows = await tx.query<{ team_id: string; environment: string; unit: string; amount: string }>(
      `select team_id, environment, unit, amount from quota_leases where holder_id = $1 and state = 'held' order by unit`,
      [holderId],
    );
    return rows.map(({ team_id: teamId, environment, unit, amount }) => ({
      teamId,
      environment,
      unit,
      amount: Number(amount),
    }));
  }

  /** Counts what a holder holds for another team. The counters of both must be locked and the limits kept. */
  async move(tx: Tx, holderId: string, to: { teamId: string; ownerId: string }): Promise<void> {
    await tx.query(
      `with leases as (select team_id, environment, unit, amount from quota_leases where holder_id = $1 and state = 'held'),
       taken as (
         update quota_counters as counter set held = held - leases.amount from leases
         where leases.team_id <> $2 and counter.team_id = leases.team_id and counter.environment = leases.environment and counter.unit = leases.unit),
       given as (
         update quota_counters as counter set held = held + leases.amount from leases
         where leases.team_id <> $2 and counter.team_id = $2 and counter.environment = leases.environment and counter.unit = leases.unit)
       update quota_leases set team_id = $2, owner_id = $3, version = version + 1 where holder_id = $1 and state = 'held'`,
      [holderId, to.teamId, to.ownerId],
    );
  }

  /** The greatest first. */
  async holders({ teamId, environment }: Place, unit: string, source: Source = this.transactions): Promise<Holder[]> {
    const rows = await source.query<{ holder_id: string; title: string; owner_id: string; amount: string }>(
      `select holder_id, title, owner_id, amount from quota_leases
       where team_id = $1 and environment = $2 and unit = $3 and state = 'held' order by amount desc, taken_at limit $4`,
      [teamId, environment, unit, MOST_HOLDERS],
    );
    return rows.map(({ holder_id: id, title, owner_id: ownerId, amount }) => ({
      id,
      title,
      ownerId,
      amount: Number(amount),
    }));
  }

  /** Ids of those who hold something or, resources, cost something, in the order of ids, from after `after` on. */
  async holding(kind: HolderKind, after: string, limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ holder_id: string }>(
      `select holder_id from quota_leases where holder_kind = $1 and state = 'held' and holder_id > $2
       union select resource_id from cost_commitments where $1 = 'resource' and state <> 'ended' and resource_id > $2
       order by holder_id limit $3`,
      [kind, after, limit],
    );
    return rows.map((row) => row.holder_id);
  }

  /** Counters that are not the sum of their leases. There are none unless somebody changed rows by hand. */
  async drifted(): Promise<(Place & { unit: string })[]> {
    const rows = await this.transactions.query<{ team_id: string; environment: string; unit: string }>(
      `select counter.team_id, counter.environment, counter.unit from quota_counters as counter
       left join quota_leases as lease on lease.team_id = counter.team_id and lease.environment = counter.environment
         and lease.unit = counter.unit and lease.state = 'held'
       group by counter.team_id, counter.environment, counter.unit having counter.held <> coalesce(sum(lease.amount), 0)`,
    );
    return rows.map(({ team_id: teamId, environment, unit }) => ({ teamId, environment, unit }));
  }

  /** Counts again, under the lock. Null when it is right. */
  async recount(
    tx: Tx,
    { teamId, environment, unit }: Place & { unit: string },
  ): Promise<{ was: number; is: number } | null> {
    await this.lockCounters(tx, { teamId, environment }, [unit]);
    const [before] = await this.standing({ teamId, environment }, [unit], tx);
    const was = before?.held ?? 0;
    const [row] = await tx.query<{ held: string }>(
      `update quota_counters set held = (
         select coalesce(sum(amount), 0) from quota_leases where team_id = $1 and environment = $2 and unit = $3 and state = 'held')
       where team_id = $1 and environment = $2 and unit = $3 returning held`,
      [teamId, environment, unit],
    );
    const is = Number(row?.held ?? was);
    return is === was ? null : { was, is };
  }
}
