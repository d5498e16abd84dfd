import { Injectable } from '@nestjs/common';
import { Expressions } from '../catalog/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { amountOf } from './amounts.js';
import { exact } from './cost-estimate.js';
import type { ItemQuestion } from './costs.js';
import { LeaseStore, type NewLease, type Place, type ReturnedLease, type Standing } from './lease.store.js';
import { QuotaBook } from './quota-book.js';
import type { QuotaLine } from './quota-line.js';
import { LeaseReturned, QuotaExceeded } from './quotas.errors.js';

/** Unit → how much of it. */
export type Wants = Readonly<Record<string, number>>;

/** Where it is asked for, by whose place in the queue, and whose lease it takes over. */
export interface Asking extends Place {
  readonly queuedAs?: string;
  readonly insteadOf?: string | null;
}

type Source = Pick<Tx, 'query'>;
type Missing = Standing & { readonly amount: number; readonly more: number };

/** Quota leases: counted reservations of limited goods by a team in an environment. */
@Injectable()
export class Quotas {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: LeaseStore,
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
  async check(place: Asking, wants: Wants): Promise<QuotaLine[]> {
    const units = Object.keys(wants).sort();
    const { insteadOf = null } = place;
    const asking = insteadOf === null ? place : { ...place, holderId: insteadOf };
    const standing = units.length === 0 ? [] : await this.store.standing(asking, units);
    const lines = standing.map(({ own, isReturned, ...now }) =>
      this.line(place, { ...now, held: exact(now.held - (isReturned ? 0 : own)), wants: wants[now.unit] ?? 0 }),
    );
    return this.withHolders(place, lines, this.transactions);
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
    // Most who come too late need not stand in line to learn it.
    if ((await this.missing(tx, lease, units, wants)).length === 0) return;
    await this.store.lockCounters(tx, lease, units);
    await this.store.hold(tx, lease, await this.missing(tx, lease, units, wants));
  }

  /** Gives back what a resource holds beyond what it wants now. */
  shrink(tx: Tx, holderId: string, wants: Wants): Promise<void> {
    return this.store.shrink(tx, holderId, wants);
  }

  /** Gives back all that a resource or run holds. Repeating it, or calling it for one that holds nothing, changes nothing. */
  release(tx: Tx, holderId: string, because: string): Promise<ReturnedLease[]> {
    return this.store.giveBack(tx, holderId, because);
  }

  /** From now on another team holds it, all or nothing. @throws QuotaExceeded when that team has not enough left */
  async move(tx: Tx, holderId: string, to: { teamId: string; ownerId: string }): Promise<void> {
    const leases = await this.store.held(tx, holderId);
    const [first] = leases;
    if (first === undefined) return;
    const { environment, teamId: from } = first;
    const place = { teamId: to.teamId, environment };
    const units = leases.map(({ unit }) => unit);
    // Counters of several teams are locked in the order of teams, everywhere.
    for (const teamId of [...new Set([from, to.teamId])].sort())
      await this.store.lockCounters(tx, { teamId, environment }, units);
    if (from !== to.teamId) {
      const standing = await this.store.standing(place, units, tx);
      const lines = standing.map((now) =>
        this.line(place, { ...now, wants: leases.find(({ unit }) => unit === now.unit)?.amount ?? 0 }),
      );
      if (lines.some(({ exceeded }) => exceeded))
        throw new QuotaExceeded((await this.withHolders(place, lines, tx)).filter(({ exceeded }) => exceeded));
    }
    await this.store.move(tx, holderId, to);
  }

  /** What the holder lacks of what it wants, if there is enough of all of it. */
  private async missing(tx: Tx, lease: NewLease, units: readonly string[], wants: Wants): Promise<Missing[]> {
    const standing = await this.store.standing(lease, units, tx);
    if (standing.some(({ isReturned }) => isReturned)) throw new LeaseReturned();
    const missing = standing.flatMap((now) => {
      const amount = wants[now.unit] ?? 0;
      const more = exact(amount - now.own);
      return more > 0 ? [{ ...now, amount, more }] : [];
    });
    if (missing.every(({ unit, held, queued, more }) => this.fits(lease, unit, held + queued + more))) return missing;
    const lines = missing.map((one) => this.line(lease, { ...one, wants: one.more }));
    throw new QuotaExceeded((await this.withHolders(lease, lines, tx)).filter(({ exceeded }) => exceeded));
  }

  private fits({ teamId, environment }: Place, unit: string, amount: number): boolean {
    return exact(amount) <= (this.book.limit(teamId, environment, unit) ?? -1);
  }

  private line(place: Place, now: Pick<QuotaLine, 'unit' | 'wants' | 'held' | 'queued'>): QuotaLine {
    const { unit, wants, held, queued } = now;
    const exceeded = wants > 0 && !this.fits(place, unit, held + queued + wants);
    const limit = this.book.limit(place.teamId, place.environment, unit);
    return { unit, title: this.book.title(unit), wants, held, queued, limit, exceeded, holders: [] };
  }

  private async withHolders(place: Place, lines: readonly QuotaLine[], source: Source): Promise<QuotaLine[]> {
    const named: QuotaLine[] = [];
    for (const line of lines)
      named.push(line.exceeded ? { ...line, holders: await this.store.holders(place, line.unit, source) } : line);
    return named;
  }
}
