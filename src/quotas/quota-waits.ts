import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import type { Place } from './lease.store.js';

/** What is waited for: who comes later can't take it away. Who waits, and what becomes of them, is the queue's own to know. */
@Injectable()
export class QuotaWaits {
  /** Waits from now on, behind everybody who waits already. Repeating it keeps the place. */
  async join(
    tx: Tx,
    waiterId: string,
    { teamId, environment }: Place,
    wants: Readonly<Record<string, number>>,
  ): Promise<void> {
    const units = Object.keys(wants).filter((unit) => (wants[unit] ?? 0) > 0);
    await tx.query(
      `insert into quota_waits (waiter_id, unit, team_id, environment, amount, since)
       select $1, wanted.unit, $2, $3, wanted.amount, now() from unnest($4::text[], $5::numeric[]) as wanted (unit, amount)
       on conflict (waiter_id, unit) do nothing`,
      [waiterId, teamId, environment, units, units.map((unit) => wants[unit])],
    );
  }

  async leave(tx: Tx, waiterId: string): Promise<void> {
    await tx.query('delete from quota_waits where waiter_id = $1', [waiterId]);
  }
}
