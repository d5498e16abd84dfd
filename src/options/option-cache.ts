import type { Clock } from '../shared/index.js';
import type { Option } from './option.js';
import { OptionIndex } from './option-index.js';

/** A source that failed is left alone for this long: each letter that is typed would ask it again. */
const REST_MILLISECONDS = 5_000;
/** However long a source takes, then it has failed. */
const LOAD_MILLISECONDS = 10_000;
/** What is known is not held back for what may come. */
const REFRESH_PATIENCE_MILLISECONDS = 250;
const MOST_ENTRIES = 500;
const MOST_OPTIONS = 400_000;

export type Loader = (signal: AbortSignal) => Promise<readonly Option[]>;

export interface Load {
  /** The same for the same source and inputs. */
  readonly key: string;
  readonly ttlMilliseconds: number;
  readonly load: Loader;
}

/** `old`: it is past its time and its source did not answer; `failed` when it said so, otherwise it is still being asked. */
export type Loaded =
  | { readonly kind: 'fresh'; readonly index: OptionIndex }
  | { readonly kind: 'old'; readonly index: OptionIndex; readonly loadedAt: Date; readonly failed: boolean }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed' };

interface Entry {
  index?: OptionIndex;
  loadedAt?: number;
  failedAt?: number;
  loading?: Promise<void>;
}

/**
 * What sources answered, by source and inputs. One question at a time for each; whoever asks meanwhile shares it. What was known stays
 * known when the source fails. In this process's memory: another replica asks for itself.
 */
export class OptionCache {
  /** The one used last stands last. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly clock: Clock,
    private readonly onFailure: (key: string, error: unknown) => void,
    private readonly loadMilliseconds = LOAD_MILLISECONDS,
  ) {}

  /** @param since only what was asked for at or after this moment counts as fresh */
  async get(load: Load, patienceMilliseconds: number, since = 0): Promise<Loaded> {
    const entry = this.touched(load.key);
    // A question that was under way already may be too old; then it is asked once more.
    for (let turn = 0; turn < 2 && !this.isFresh(entry, load, since); turn += 1) {
      if (this.mayAsk(entry, since)) entry.loading ??= this.ask(entry, load);
      const isKnown = entry.index !== undefined && since === 0;
      const patience = isKnown ? Math.min(patienceMilliseconds, REFRESH_PATIENCE_MILLISECONDS) : patienceMilliseconds;
      await within(entry.loading, patience);
      if (since === 0) break;
    }
    return stateOf(entry, this.isFresh(entry, load, since));
  }

  /** What is known of it at this moment, without asking. */
  peek(key: string): OptionIndex | undefined {
    return this.entries.get(key)?.index;
  }

  private isFresh({ loadedAt }: Entry, { ttlMilliseconds }: Load, since: number): boolean {
    return loadedAt !== undefined && loadedAt >= since && this.now() < loadedAt + ttlMilliseconds;
  }

  private mayAsk({ failedAt }: Entry, since: number): boolean {
    return failedAt === undefined || failedAt < since || this.now() >= failedAt + REST_MILLISECONDS;
  }

  private async ask(entry: Entry, { key, load }: Load): Promise<void> {
    const askedAt = this.now();
    try {
      entry.index = new OptionIndex(await inTime(load, this.loadMilliseconds));
      entry.loadedAt = askedAt;
      delete entry.failedAt;
      this.forget();
    } catch (error) {
      entry.failedAt = this.now();
      this.onFailure(key, error);
    } finally {
      delete entry.loading;
    }
  }

  private touched(key: string): Entry {
    const entry = this.entries.get(key) ?? {};
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > MOST_ENTRIES) this.forget();
    return entry;
  }

  /** Those that nobody used for longest go first. */
  private forget(): void {
    let options = 0;
    for (const { index } of this.entries.values()) options += index?.size ?? 0;
    for (const [key, { index, loading }] of this.entries) {
      if (this.entries.size <= 1 || (this.entries.size <= MOST_ENTRIES && options <= MOST_OPTIONS)) return;
      if (loading !== undefined) continue;
      options -= index?.size ?? 0;
      this.entries.delete(key);
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function stateOf({ index, loadedAt, failedAt, loading }: Entry, isFresh: boolean): Loaded {
  if (index !== undefined && isFresh) return { kind: 'fresh', index };
  const failed = failedAt !== undefined && loading === undefined;
  if (index !== undefined) return { kind: 'old', index, loadedAt: new Date(loadedAt ?? 0), failed };
  return { kind: failed ? 'failed' : 'loading' };
}

/** Settles when the work does, or the time is up. */
async function within(work: Promise<void> | undefined, milliseconds: number): Promise<void> {
  if (work === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

/** @throws when the time is up, whatever the loader does about its signal */
async function inTime(load: Loader, milliseconds: number): Promise<readonly Option[]> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      stop.abort();
      reject(new Error(`no answer within ${milliseconds} ms`));
    }, milliseconds).unref();
  });
  try {
    return await Promise.race([load(stop.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
