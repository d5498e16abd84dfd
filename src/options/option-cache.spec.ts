import type { Option } from './option.js';
import { type Load, OptionCache } from './option-cache.js';

const LONG = 60_000;
/** Nobody waits: what is not there at once is not there. */
const AT_ONCE = 0;

class TestClock {
  milliseconds = 1_000_000;
  now(): Date {
    return new Date(this.milliseconds);
  }
}

/** A source that answers when it is told to. */
class Source {
  asked = 0;
  private settle: { resolve: (options: Option[]) => void; reject: (error: Error) => void }[] = [];

  readonly load: Load = {
    key: 'a source',
    ttlMilliseconds: 10_000,
    load: () => {
      this.asked += 1;
      return new Promise((resolve, reject) => this.settle.push({ resolve, reject }));
    },
  };

  answer(...values: string[]): void {
    this.settle.shift()?.resolve(values.map((value) => ({ value, title: value })));
  }

  fail(): void {
    this.settle.shift()?.reject(new Error('it is down'));
  }
}

describe('what sources answered', () => {
  let clock: TestClock;
  let source: Source;
  let failures: string[];
  let cache: OptionCache;
  beforeEach(() => {
    clock = new TestClock();
    source = new Source();
    failures = [];
    cache = new OptionCache(clock, (key) => failures.push(key));
  });

  const ask = (patience = LONG, since = 0) => cache.get(source.load, patience, since);
  const answered = async (...values: string[]) => {
    const asking = ask();
    source.answer(...values);
    return asking;
  };

  it('is asked for once, however many want to know at the same time', async () => {
    const all = [ask(), ask(), ask()];
    source.answer('a');
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(['fresh', 'fresh', 'fresh']);
    expect(source.asked).toBe(1);
  });

  it('is fresh until the very end of its time, then asked for again', async () => {
    await answered('a');
    clock.milliseconds += 9_999;
    expect((await ask(AT_ONCE)).kind).toBe('fresh');
    clock.milliseconds += 1;
    expect((await ask(AT_ONCE)).kind).toBe('old');
    expect(source.asked).toBe(2);
  });

  it('is still loading for whoever does not wait, and there for whoever comes later', async () => {
    expect((await ask(AT_ONCE)).kind).toBe('loading');
    const later = ask();
    source.answer('a');
    expect((await later).kind).toBe('fresh');
    expect(source.asked).toBe(1);
  });

  it('stays known when the source fails, says since when, and that it failed', async () => {
    const loadedAt = clock.now();
    await answered('a');
    clock.milliseconds += 20_000;
    const asking = ask();
    source.fail();
    const old = await asking;
    expect(old).toMatchObject({ kind: 'old', failed: true, loadedAt });
    expect(old.kind === 'old' && old.index.find('a')).toBeTruthy();
    expect(failures).toEqual(['a source']);
  });

  it('is not asked for again with each letter while the source is down, but a little later', async () => {
    const asking = ask();
    source.fail();
    expect((await asking).kind).toBe('failed');
    expect((await ask()).kind).toBe('failed');
    expect(source.asked).toBe(1);
    clock.milliseconds += 5_000;
    const again = ask();
    source.answer('a');
    expect((await again).kind).toBe('fresh');
  });

  it('is asked for again when it has to be newer than it is, even while it is fresh', async () => {
    await answered('a');
    clock.milliseconds += 4_000;
    const asking = ask(LONG, clock.milliseconds - 3_000);
    source.answer('a', 'b');
    const loaded = await asking;
    expect(loaded.kind === 'fresh' && loaded.index.find('b')).toBeTruthy();
    expect((await ask(LONG, clock.milliseconds - 3_000)).kind).toBe('fresh');
    expect(source.asked).toBe(2);
  });

  it('is asked for once more when what is under way began too early', async () => {
    const early = ask(AT_ONCE);
    clock.milliseconds += 1;
    const asking = ask(LONG, clock.milliseconds);
    source.answer('a');
    await early;
    // Its own question follows in the next turns of the loop.
    while (source.asked < 2) await new Promise((turn) => setImmediate(turn));
    source.answer('a', 'b');
    const loaded = await asking;
    expect(loaded.kind === 'fresh' && loaded.index.find('b')).toBeTruthy();
  });

  it('fails when the source never answers, however it takes its signal', async () => {
    const signals: AbortSignal[] = [];
    const hanging: Load = {
      ...source.load,
      load: (signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    };
    const quick = new OptionCache(clock, (key) => failures.push(key), 1);
    expect((await quick.get(hanging, LONG)).kind).toBe('failed');
    expect([signals[0]?.aborted, failures]).toEqual([true, ['a source']]);
  });

  it('of many sources those used last are kept', async () => {
    const load = (n: number): Load => ({
      key: `source ${n}`,
      ttlMilliseconds: LONG,
      load: () => Promise.resolve([{ value: `v${n}`, title: `v${n}` }]),
    });
    for (let n = 0; n < 600; n += 1) {
      await cache.get(load(n), LONG);
      await cache.get(load(0), LONG);
    }
    expect(cache.peek('source 0')).toBeDefined();
    expect(cache.peek('source 1')).toBeUndefined();
    expect(cache.peek('source 599')).toBeDefined();
  });
});
