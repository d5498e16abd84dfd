import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../shared/index.js';
import { ActionFailed, type LookContext } from '../../action.js';
import type { KeptState, StateKeeper } from './ports.js';
import { Tofu, type TofuTools } from './tofu.js';
import type { Configuration } from './workspace-schemas.js';

const RENEW_MILLISECONDS = 15_000;
const LOOK_MILLISECONDS = 500;
/** A state that can't be kept is worse than a wait. */
const SAVE_ATTEMPTS = 8;

type Context = LookContext & { readonly report?: (line: string) => void };

/** What may be done while nobody else is at the workspace. */
export interface Held {
  readonly tofu: Tofu;
  readonly kept: KeptState;
  /** Applies what was planned last; what it makes is remembered while it is being made. */
  apply(): Promise<void>;
  noteApplied(applied: JsonObject, by: string): Promise<void>;
  forget(): Promise<void>;
}

/** Workspaces with their states: one user at a time, and whatever was made is remembered whatever happens to that user. */
export class Workspaces {
  constructor(
    private readonly tools: TofuTools,
    private readonly keeper: StateKeeper | null,
  ) {}

  kept(id: string): Promise<KeptState> {
    return this.known().load(id);
  }

  /** Looks without a lock: nothing is written. @throws ActionFailed */
  async look<T>(
    id: string,
    wanted: Configuration,
    context: Context,
    work: (tofu: Tofu, kept: KeptState) => Promise<T>,
  ): Promise<T> {
    const kept = await this.kept(id);
    return this.within(wanted, kept, context, (tofu) => work(tofu, kept));
  }

  /** @throws ActionFailed when somebody else is at it */
  async hold<T>(id: string, wanted: Configuration, context: Context, work: (held: Held) => Promise<T>): Promise<T> {
    const keeper = this.known();
    const holder = randomBytes(16).toString('hex');
    if (!(await keeper.lock(id, holder)))
      throw new ActionFailed('Another step is at this workspace just now. It will be tried again.', true);
    const lost = new AbortController();
    const renewing = setInterval(() => {
      void this.renew(id, holder, lost);
    }, RENEW_MILLISECONDS);
    try {
      const kept = await keeper.load(id);
      const signal = AbortSignal.any([context.signal, lost.signal]);
      return await this.within(wanted, kept, { ...context, signal }, (tofu) =>
        work({
          tofu,
          kept,
          apply: () => this.applyRemembering(id, holder, tofu),
          noteApplied: (applied, by) => keeper.noteApplied(id, holder, applied, by),
          forget: () => keeper.forget(id, holder),
        }),
      );
    } finally {
      clearInterval(renewing);
      // When it can't be given back it ends by itself.
      await keeper.unlock(id, holder).catch(() => undefined);
    }
  }

  private within<T>(
    wanted: Configuration,
    kept: KeptState,
    context: Context,
    work: (tofu: Tofu) => Promise<T>,
  ): Promise<T> {
    const { seconds } = wanted;
    return Tofu.within(this.tools, wanted, { context, seconds, state: kept.text }, async (tofu) => {
      await tofu.init();
      return work(tofu);
    });
  }

  /** The program writes its state after each thing that it made; so do we. */
  private async applyRemembering(id: string, holder: string, tofu: Tofu): Promise<void> {
    const keeper = this.known();
    let last = await tofu.state();
    const save = async (attempts: number): Promise<void> => {
      const text = await tofu.state();
      if (text === null || text === last) return;
      await persistently(attempts, () => keeper.save(id, holder, text));
      last = text;
    };
    const isOver = new AbortController();
    const applying = tofu.apply().finally(() => {
      isOver.abort();
    });
    const saving = (async () => {
      while (!isOver.signal.aborted) {
        await sleep(LOOK_MILLISECONDS, undefined, { signal: isOver.signal }).catch(() => undefined);
        // The last one, below, has to work; this one may be missed.
        await save(1).catch(() => undefined);
      }
    })();
    try {
      await applying;
    } finally {
      await saving;
      await save(SAVE_ATTEMPTS);
    }
  }

  private async renew(id: string, holder: string, lost: AbortController): Promise<void> {
    try {
      if (!(await this.known().lock(id, holder))) lost.abort();
    } catch {
      // The database is away: the next time, or the end of the lock, decides.
    }
  }

  private known(): StateKeeper {
    if (this.keeper === null)
      throw new ActionFailed('There is nowhere to keep what OpenTofu makes. Tell the platform team.', false);
    return this.keeper;
  }
}

async function persistently(attempts: number, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt >= attempts) throw error;
      await sleep(250 * 2 ** (attempt - 1));
    }
  }
}
