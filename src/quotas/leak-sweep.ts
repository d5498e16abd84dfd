import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Transactions } from '../platform/database/index.js';
import { Ids } from '../shared/index.js';
import { CommitmentStore } from './commitment.store.js';
import { type HolderKind, LeaseStore } from './lease.store.js';

const PAGE = 500;
const SYSTEM = { kind: 'system', id: 'quotas' } as const;

/**
 * Finds leases whose holder is over, which no ordinary way leaves behind, and returns them. Whoever knows the holders of a
 * kind ticks it: an end is final, so it may be missed, repeated or run on several replicas at once.
 */
@Injectable()
export class LeakSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: LeaseStore,
    private readonly commitments: CommitmentStore,
    private readonly audit: Audit,
    private readonly ids: Ids,
  ) {}

  /** `over` answers which of these ids are over, or never were. Answers how many leases were returned. */
  async returnLeaks(kind: HolderKind, over: (ids: readonly string[]) => Promise<readonly string[]>): Promise<number> {
    let returned = 0;
    let after = '';
    for (;;) {
      const ids = await this.store.holding(kind, after, PAGE);
      for (const id of ids.length === 0 ? [] : await over(ids)) returned += await this.returnLeak(kind, id);
      if (ids.length < PAGE) return returned;
      after = ids.at(-1) ?? after;
    }
  }

  /** Counts again what is not the sum of its leases. Answers how many counters were wrong. */
  async mendCounters(): Promise<number> {
    let mended = 0;
    for (const counter of await this.store.drifted()) {
      const { teamId, environment, unit } = counter;
      const wrong = await this.transactions.run(async (tx) => {
        const found = await this.store.recount(tx, counter);
        if (found === null) return false;
        await this.audit.append(tx, {
          type: 'quota.counter_mended',
          actor: SYSTEM,
          subject: { kind: 'audit', id: `quota:${teamId}:${environment}:${unit}` },
          traceId: this.ids.next('trc'),
          summary: `counted ${unit} of ${teamId} in ${environment} again: ${found.is}, not ${found.was}`,
          data: { teamId, environment, unit, ...found },
        });
        return true;
      });
      if (wrong) mended += 1;
    }
    return mended;
  }

  private async returnLeak(kind: HolderKind, id: string): Promise<number> {
    return this.transactions.run(async (tx) => {
      const leases = await this.store.giveBack(tx, id, 'its holder is over: found by the sweep');
      if (kind === 'resource') await this.commitments.end(tx, id);
      if (leases.length === 0) return 0;
      const units = leases.map(({ unit, amount }) => `${amount} ${unit}`).join(', ');
      await this.audit.append(tx, {
        type: 'quota.leak_returned',
        actor: SYSTEM,
        subject: kind === 'resource' ? { kind: 'resource', id } : { kind: 'audit', id },
        traceId: this.ids.next('trc'),
        summary: `returned a leaked quota lease: ${units}`,
        data: { leases: leases.map((lease) => ({ ...lease })) },
      });
      return leases.length;
    });
  }
}
