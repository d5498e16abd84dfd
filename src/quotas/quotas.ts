import { Injectable } from '@nestjs/common';
import { Expressions } from '../catalog/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { amountOf } from './amounts.js';
import { exact } from './cost-estimate.js';
import type { ItemQuestion } from './costs.js';
import { LeaseStore, type NewLease, type Place, type ReturnedLease } from './lease.store.js';
import { QuotaBook } from './quota-book.js';
import type { QuotaLine } from './quota-line.js';
import { QuotaWaits } from './quota-waits.js';
import { LeaseReturned, QuotaExceeded } from './quotas.errors.js';

/** Unit → how much of it. */
export type Wants = Readonly<Record<string, number>>;

/** Where it is asked for, and by whose place in the queue. */
export interface Asking extends Place {
  readonly queuedAs?: string;
}

type Source = Pick<Tx, 'query'>;

/** Quota leases: counted reservations of limited goods by a team in an environment. */
@Injectable()
export class Quotas {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: LeaseStore,
    private readonly waits: QuotaWaits,
    private readonly book: QuotaBook,
    private readonly expressions: Expressions,
  ) {}

  /** What one resource of the item takes, with these parameters. @throws NoAmount, ExpressionFailed */
  wanted({ item, parameters, request }: ItemQuestion): Wants {
    const scope = { params: parameters, request };
    const units = Object.entries(item.quota ?? {});
    return Object.fromEntries(
      units.map(([unit, amount]) => [unit, amountOf(this.expressions, unit, amount, scope)] as const),
    );
  }

  /** How each unit stands, and who holds what where it is not enough. What waits in the queue has precedence. Reserves nothing. */
  check(place: Asking, wants: Wants): Promise<QuotaLine[]> {
    return this.lines(place, wants, this.transactions);
  }

  /**
   * Reserves all that is wanted, or nothing: in the caller's transaction, one taker at a time for each team, environment and
   * unit. Taking the same again changes nothing; taking more takes the difference.
   * @throws QuotaExceeded with who holds what, LeaseReturned when the holder came to its end already
   */
  async take(tx: Tx, lease: NewLease, wants: Wants): Promise<void> {
    const units = Object.keys(wants)
      .filter((unit) => (wants[unit] ?? 0) > 0)
      .sort();
    if (units.length === 0) return;
    const counted = await this.store.lockCounters(tx, lease, units);
    const before = await this.store.ofHolder(tx, lease.holderId);
    if ([...before.values()].some(({ state }) => state === 'returned')) throw new LeaseReturned();
    const missing = units.flatMap((unit) => {
      const amount = wants[unit] ?? 0;
      const more = exact(amount - (before.get(unit)?.amount ?? 0));
      return more > 0 ? [{ unit, amount, more }] : [];
    });
    const ahead = await this.waits.ahead(lease, units, lease.queuedAs, tx);
    const fits = missing.every(({ unit, more }) => {
      const spoken = (counted.get(unit) ?? 0) + (ahead.get(unit) ?? 0);
      return exact(spoken + more) <= (this.limit(lease, unit) ?? -1);
    });
    if (!fits) throw await this.exceeded(tx, lease, missing);
    if (missing.length > 0) await this.store.hold(tx, lease, missing);
  }

  /** Gives back all that a resource or run holds. Repeating it, or calling it for one that holds nothing, changes nothing. */
  release(tx: Tx, holderId: string, because: string): Promise<ReturnedLease[]> {
    return this.store.giveBack(tx, holderId, because);
  }

  private limit({ teamId, environment }: Place, unit: string): number | null {
    return this.book.limit(teamId, environment, unit);
  }

  private async exceeded(tx: Tx, place: Asking, missing: readonly { unit: string; more: number }[]): Promise<Error> {
    const wants = Object.fromEntries(missing.map(({ unit, more }) => [unit, more]));
    const lines = await this.lines(place, wants, tx);
    return new QuotaExceeded(lines.filter(({ exceeded }) => exceeded));
  }

  private async lines(place: Asking, wants: Wants, source: Source): Promise<QuotaLine[]> {
    const units = Object.keys(wants).sort();
    if (units.length === 0) return [];
    const held = await this.store.held(place, units, source);
    const ahead = await this.waits.ahead(place, units, place.queuedAs, source);
    const lines: QuotaLine[] = [];
    for (const unit of units) {
      const line = this.line(place, unit, {
        wants: wants[unit] ?? 0,
        held: held.get(unit) ?? 0,
        queued: ahead.get(unit) ?? 0,
      });
      lines.push(line.exceeded ? { ...line, holders: await this.store.holders(place, unit, source) } : line);
    }
    return lines;
  }

  private line(place: Place, unit: string, now: Pick<QuotaLine, 'wants' | 'held' | 'queued'>): QuotaLine {
    const limit = this.limit(place, unit);
    const { wants, held, queued } = now;
    const exceeded = wants > 0 && (limit === null || exact(held + queued + wants) > limit);
    return { unit, title: this.book.title(unit), ...now, limit, exceeded, holders: [] };
  }
}
