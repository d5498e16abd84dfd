import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ENV, type Env } from '../../config/index.js';
import { Changes } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { Durable } from '../../platform/durable/index.js';
import { Logger } from '../../platform/logging/index.js';
import { LeakSweep, QuotaBook, QuotaExceeded, Quotas, RUNS_UNIT } from '../../quotas/index.js';
import type { Rests } from '../execution/index.js';
import { RunStore } from '../runs/index.js';
import { type NewTurn, TurnStore } from './turn.store.js';

const SWEEP_MILLISECONDS = 60_000;
const LOOKED_AT = 100;
const SWEPT = 200;

/**
 * Which runs of requests work at the same time: not more than this installation takes, nor of a team than its quota, nor on a
 * target than its item says; and of several teams each in turn, so that one team's hundred do not hold up another's one. A run
 * that waits is a row and nothing else; whoever ends gives its turn to the next in the same transaction.
 */
@Injectable()
export class RunTurns implements Rests {
  constructor(
    private readonly transactions: Transactions,
    private readonly turns: TurnStore,
    private readonly quotas: Quotas,
    private readonly book: QuotaBook,
    private readonly runs: RunStore,
    private readonly durable: Durable,
    private readonly changes: Changes,
    private readonly leaks: LeakSweep,
    private readonly logger: Logger,
    @Inject(ENV) private readonly env: Pick<Env, 'runsAtOnce'>,
  ) {}

  /**
   * Puts the run in line; its turn, also at once, starts the workflow `perform-run`. With `inPerson` the caller performs it when
   * {@link isAtWork} says so. @throws QuotaExceeded when there may be none at all
   */
  async ask(tx: Tx, turn: NewTurn, { inPerson = false } = {}): Promise<void> {
    const limit = this.book.limit(turn.teamId, turn.environment, RUNS_UNIT);
    if (limit !== null && limit < 1) await this.takeQuota(tx, turn);
    await this.turns.insert(tx, turn);
    tx.atEnd(() => this.grant(tx, inPerson ? turn.runId : null));
  }

  async isAtWork(runId: string): Promise<boolean> {
    const state = await this.turns.state(runId);
    return state === 'at-work' || state === 'resting';
  }

  /** Whoever waits may have it. Repeating it changes nothing. */
  async giveBack(runId: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await this.turns.lock(tx);
      await this.turns.move(tx, runId, ['waiting', 'at-work', 'resting'], 'over');
      await this.quotas.release(tx, runId, 'the run ended');
      await this.grant(tx, null);
    });
  }

  /** While the work waits for people or events, somebody else may work; it goes on without asking again. */
  async rest<T>(runId: string, work: () => Promise<T>): Promise<T> {
    await this.transactions.run(async (tx) => {
      await this.turns.lock(tx);
      if (await this.turns.move(tx, runId, ['at-work'], 'resting')) await this.grant(tx, null);
    });
    try {
      return await work();
    } finally {
      await this.transactions.run(async (tx) => {
        await this.turns.lock(tx);
        await this.turns.move(tx, runId, ['resting'], 'at-work');
      });
    }
  }

  /** What was not given back when a run ended. */
  @Interval(SWEEP_MILLISECONDS)
  async sweep(): Promise<void> {
    try {
      for (const runId of await this.turns.forgotten(SWEPT)) await this.giveBack(runId);
      await this.transactions.run((tx) => this.grant(tx, null));
      await this.leaks.returnLeaks('run', (ids) => this.runs.over(ids));
    } catch (error) {
      this.logger.error('The sweep over the turns of runs failed; the next tick tries again', error);
    }
  }

  private async grant(tx: Tx, inPerson: string | null): Promise<void> {
    await this.turns.lock(tx);
    const free = this.env.runsAtOnce - (await this.turns.atWork(tx));
    const full = new Set<string>();
    const started = new Map<string, number>();
    let left = free;
    for (const turn of free > 0 ? await this.turns.waiting(tx, LOOKED_AT) : []) {
      if (left === 0) return;
      const place = `${turn.teamId}/${turn.environment}`;
      const { target } = turn;
      const onTarget = target === null ? 0 : turn.onTarget + (started.get(target.name) ?? 0);
      if (full.has(place) || (target !== null && onTarget >= target.limit)) continue;
      if (!(await this.hasQuota(tx, turn))) {
        full.add(place);
        continue;
      }
      if (target !== null) started.set(target.name, (started.get(target.name) ?? 0) + 1);
      left -= 1;
      await this.start(tx, turn, inPerson);
    }
  }

  private async start(tx: Tx, { runId, requestId }: NewTurn, inPerson: string | null): Promise<void> {
    await this.turns.move(tx, runId, ['waiting'], 'at-work');
    if (runId === inPerson) return;
    const job = { workflow: 'perform-run', id: `perform:${runId}`, queue: 'runs' } as const;
    await this.durable.enqueue(tx, { ...job, args: [requestId, runId] });
    await this.changes.mark(tx, { kind: 'request', id: requestId });
  }

  private async hasQuota(tx: Tx, turn: NewTurn): Promise<boolean> {
    if (this.book.limit(turn.teamId, turn.environment, RUNS_UNIT) === null) return true;
    try {
      await this.takeQuota(tx, turn);
      return true;
    } catch (error) {
      if (error instanceof QuotaExceeded) return false;
      throw error;
    }
  }

  private takeQuota(tx: Tx, { runId, teamId, environment, ownerId, title }: NewTurn): Promise<void> {
    const lease = { holderKind: 'run', holderId: runId, teamId, environment, title, ownerId } as const;
    return this.quotas.take(tx, lease, { [RUNS_UNIT]: 1 });
  }
}
