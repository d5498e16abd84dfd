import { RandomIds } from '../../src/shared/index.js';
import { CardStore, type ClaimedCard } from '../../src/slack/cards/card.store.js';
import { SharedLanes } from '../../src/slack/cards/shared-lanes.js';
import { NoticeStore } from '../../src/slack/notices/notice.store.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

let database: TestDatabase;
let replicas: CardStore[];

beforeEach(async () => {
  database = await createTestDatabase();
  replicas = Array.from({ length: 3 }, () => new CardStore(database.transactions, new RandomIds()));
});
afterEach(async () => {
  await database.drop();
});

const [one, two, three] = [0, 1, 2];
function replica(index: number): CardStore {
  const store = replicas[index];
  if (store === undefined) throw new Error('There are three.');
  return store;
}

async function wanted(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await replica(one).want({ kind: 'request', id: `req-${n}` }, { surface: 'request', place: `channel-${n}` });
}

async function claimed(card: Promise<ClaimedCard | null>): Promise<ClaimedCard> {
  const found = await card;
  if (found === null) throw new Error('Nothing was due.');
  return found;
}

/** As after a second. */
const laneIsFree = (): Promise<unknown> => database.transactions.query('update slack_lanes set free_at = now()');

describe('cards, taken in hand by several replicas', () => {
  it('are each claimed once, however many ask at the same time', async () => {
    await wanted(20);
    const all = await Promise.all(Array.from({ length: 60 }, (_, n) => replica(n % 3).claim([])));
    const ids = all.flatMap((card) => (card === null ? [] : [card.id]));
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('are wanted once, whoever projects them', async () => {
    await Promise.all(
      [one, two, three].map((n) =>
        replica(n).want({ kind: 'request', id: 'req-x' }, { surface: 'request', place: 'general' }),
      ),
    );
    await claimed(replica(one).claim([]));
    expect(await replica(two).claim([])).toBeNull();
  });

  it('are left alone while their lane is busy', async () => {
    await wanted(1);
    expect(await replica(one).claim(['channel-0'])).toBeNull();
    await claimed(replica(one).claim([]));
  });

  it('keep one pace together in a channel: while one has just sent something there, no other does', async () => {
    for (const id of ['req-a', 'req-b', 'req-c'])
      await replica(one).want({ kind: 'request', id }, { surface: 'request', place: 'general' });
    await replica(one).want({ kind: 'request', id: 'req-d' }, { surface: 'request', place: 'elsewhere' });
    const first = await Promise.all([one, two, three].map((n) => replica(n).claim([])));
    const second = await Promise.all([one, two, three].map((n) => replica(n).claim([])));
    const places = [...first, ...second].flatMap((card) => (card === null ? [] : [card.place]));
    expect(places.sort()).toEqual(['elsewhere', 'general']);
    await laneIsFree();
    expect((await claimed(replica(three).claim([]))).place).toBe('general');
  });

  it('wait on all replicas for as long as Slack told one of them', async () => {
    const lanes = [one, two].map(() => new SharedLanes(database.transactions));
    expect(await Promise.all(lanes.map((shared) => shared.take('C1')))).toContain(false);
    await lanes[0]!.hold('C1', 600);
    const [left] = await database.transactions.query<{ minutes: number }>(
      `select (extract(epoch from free_at - now()) / 60)::float8 as minutes from slack_lanes where lane = 'C1'`,
    );
    expect(left?.minutes).toBeGreaterThan(9);
    expect(await lanes[1]!.take('C1')).toBe(false);
    await laneIsFree();
    expect(await lanes[1]!.take('C1')).toBe(true);
  });

  it('are not written to by whoever lost the claim', async () => {
    await wanted(1);
    const slow = await claimed(replica(one).claim([]));
    await database.transactions.query('update cards set not_before = now()');
    await laneIsFree();
    const quick = await claimed(replica(two).claim([]));
    expect(quick.maybePosted).toBe(true);
    await replica(two).shown(quick, { channel: 'C1', ts: '2.0' }, 'hash');
    await replica(one).shown(slow, { channel: 'C1', ts: '1.0' }, 'old');
    expect(await database.transactions.query('select ts, rendered_hash from cards')).toEqual([
      { ts: '2.0', rendered_hash: 'hash' },
    ]);
  });

  it('show what came while they were being posted in the next round', async () => {
    await wanted(1);
    const card = await claimed(replica(one).claim([]));
    await replica(two).wantAgain([card.subject]);
    await replica(one).shown(card, { channel: 'C1', ts: '1.0' }, 'hash');
    await laneIsFree();
    expect((await claimed(replica(one).claim([]))).ts).toBe('1.0');
  });
});

describe('notices, taken in hand by several replicas', () => {
  it('are each claimed once', async () => {
    await database.transactions.query(
      `insert into notices (key, recipient, template, data) select 'n' || n, '{"kind":"channel","channel":"general"}', 'plain', '{}' from generate_series(1, 20) n`,
    );
    const stores = Array.from({ length: 3 }, () => new NoticeStore(database.transactions));
    const all = await Promise.all(Array.from({ length: 45 }, async (_, n) => (await stores[n % 3]?.claim()) ?? null));
    const keys = all.flatMap((notice) => (notice === null ? [] : [notice.key]));
    expect(new Set(keys).size).toBe(20);
    expect(keys).toHaveLength(20);
  });
});
