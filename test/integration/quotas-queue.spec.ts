import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Governance, Holdings } from '../../src/quotas/index.js';
import {
  Drafts,
  PreviewRequest,
  QueueOpener,
  type QueuePlace,
  RequestForbidden,
  RequestMovedOn,
  RequestQueue,
  RequestRefused,
  Requests,
  SubmitRequest,
  UnknownRequest,
} from '../../src/requests/index.js';
import { idOf, RequestWorld, unique } from '../builders/request-world.js';

const LIMIT = 3;
const quotas = (limit: number) => `
version: 1.0.0
units:
  - { id: databases, title: databases, limit: ${limit} }
  - { id: connections, title: connections, limit: 100 }
`;

let world: RequestWorld;
let catalogDir: string;
beforeAll(async () => {
  world = await RequestWorld.open(async (dir) => {
    catalogDir = dir;
    await writeFile(join(dir, 'quotas.yaml'), quotas(LIMIT));
  });
});
afterAll(() => world.close());
const clean = () =>
  world.query(
    'truncate quota_leases, quota_counters, quota_waits, queued_requests, cost_commitments, resources, requests, notices cascade',
  );
afterEach(clean);

const setLimit = async (limit: number): Promise<void> => {
  await writeFile(join(catalogDir, 'quotas.yaml'), quotas(limit));
  await world.get(Governance).reload();
};

/** What somebody typed, with its plan shown. */
async function draft(who: string, size = 'small'): Promise<string> {
  const wish = await world.wish(who, 'development', {
    itemName: 'postgres-database',
    parameters: { name: `db_${unique()}`, size, extensions: [] },
    reason: 'a test of the queue',
  });
  const { plan } = await world.get(PreviewRequest).preview(wish);
  const { teamId, environment, itemName, parameters, reason, leaseHours, originChannelId } = wish;
  const content = { teamId, environment, itemName, parameters, reason, leaseHours, originChannelId };
  return world.get(Drafts).save(idOf(who), content, plan.digest);
}

async function join_(who: string, draftId: string): Promise<QueuePlace> {
  const place = await world.get(RequestQueue).join({ draftId, person: await world.person(who), traceId: 'trc-test' });
  if (place === null) throw new Error('There was no need to queue.');
  return place;
}

async function fill(count = LIMIT): Promise<string[]> {
  const person = await world.person('ada');
  const sent = [];
  for (let n = 0; n < count; n += 1)
    sent.push(await world.get(SubmitRequest).submitDraft({ draftId: await draft('ada'), person, traceId: 'trc-test' }));
  return sent.map(({ resourceId }) => resourceId);
}

/** The resource comes to its end, and what it held is returned. */
async function giveBack(resourceId: string): Promise<void> {
  await world.database.transactions.run(async (tx) => {
    await world.get(Holdings).over(tx, resourceId, 'a test');
    await tx.query(`update resources set state = 'destroyed' where id = $1`, [resourceId]);
  });
}

const open = () => Promise.all([1, 2, 3].map(() => world.get(QueueOpener).open()));
const states = async (): Promise<Record<string, string>> => {
  const rows = await world.query<{ id: string; state: string }>('select id, state from queued_requests');
  return Object.fromEntries(rows.map(({ id, state }) => [id, state]));
};

describe('the queue for quota', () => {
  it('opens in its order, one for each that is returned, and tells the person', async () => {
    const [first = '', second = ''] = await fill();
    const places = [];
    for (const who of ['ben', 'ada', 'lea']) places.push(await join_(who, await draft(who)));
    expect(places.map(({ ahead }) => ahead)).toEqual([0, 1, 2]);
    const [a = '', b = '', c = ''] = places.map(({ queued }) => queued.id);
    await open();
    expect(await states()).toEqual({ [a]: 'waiting', [b]: 'waiting', [c]: 'waiting' });
    await giveBack(first);
    await open();
    expect(await states()).toEqual({ [a]: 'opened', [b]: 'waiting', [c]: 'waiting' });
    await giveBack(second);
    await open();
    expect(await states()).toEqual({ [a]: 'opened', [b]: 'opened', [c]: 'waiting' });
    expect((await world.get(RequestQueue).waitingOf(await world.person('lea')))[0]?.ahead).toBe(0);
    const { queued } = await world.get(RequestQueue).getFor(a, await world.person('ben'));
    expect(await world.get(Requests).get(queued.requestId ?? '')).toMatchObject({
      requesterId: idOf('ben'),
      state: 'provisioning',
    });
    const told = await world.query<{ recipient: { personId: string }; data: { text: string } }>(
      `select recipient, data from notices where key like 'queue-ended:%' order by id`,
    );
    expect(told.map(({ recipient }) => recipient.personId)).toEqual([idOf('ben'), idOf('ada')]);
    expect(told[0]?.data.text).toContain(`is on its way now, as \`${queued.requestId}\``);
    expect(await world.trail({ kind: 'request', id: a })).toEqual(['request.queued', 'request.queue_opened']);
  });

  it('is not overtaken: who comes later does not get what somebody waits for', async () => {
    const [first = ''] = await fill();
    await join_('ben', await draft('ben'));
    await giveBack(first);
    const person = await world.person('lea');
    const draftId = await draft('lea');
    await expect(world.get(SubmitRequest).submitDraft({ draftId, person, traceId: 'trc-test' })).rejects.toThrow(
      /2 of 3 used, 1 wanted by earlier requests in the queue/,
    );
    await open();
    expect(Object.values(await states())).toEqual(['opened']);
  });

  it('holds one place for a draft, however often it is queued, and becomes one request', async () => {
    const [first = ''] = await fill();
    const draftId = await draft('ben');
    const places = await Promise.all([1, 2, 3].map(() => join_('ben', draftId)));
    expect(new Set(places.map(({ queued }) => queued.id)).size).toBe(1);
    await giveBack(first);
    await open();
    await open();
    expect(await world.query('select 1 from requests where requester_id = $1', [idOf('ben')])).toHaveLength(1);
    expect(await world.query('select 1 from quota_waits')).toEqual([]);
  });

  it('goes on with what a replica left half opened', async () => {
    const [first = ''] = await fill();
    const { queued } = await join_('ben', await draft('ben'));
    await giveBack(first);
    await world.get(QueueOpener).open();
    // As if it had died after sending, before writing down that it had.
    await world.query(
      `update queued_requests set state = 'opening', settled_at = null, request_id = null, claimed_until = now() - interval '1 second'`,
    );
    await open();
    expect(await states()).toEqual({ [queued.id]: 'opened' });
    expect(await world.query('select 1 from requests where requester_id = $1', [idOf('ben')])).toHaveLength(1);
  });

  it('may be left by whoever waits and by a lead, and by nobody else', async () => {
    await fill();
    const queue = world.get(RequestQueue);
    const { queued } = await join_('ben', await draft('ben'));
    await expect(queue.cancel({ id: queued.id, person: await world.person('ada') })).rejects.toThrow(RequestForbidden);
    await expect(queue.getFor('que-00000000', await world.person('ben'))).rejects.toThrow(UnknownRequest);
    await queue.cancel({ id: queued.id, person: await world.person('ben') });
    await expect(queue.cancel({ id: queued.id, person: await world.person('ben') })).rejects.toThrow(RequestMovedOn);
    const other = await join_('ben', await draft('ben'));
    await queue.cancel({ id: other.queued.id, person: await world.person('lea') });
    expect(await world.query('select 1 from quota_waits')).toEqual([]);
    await expect(queue.cancel({ id: 'que-00000000', person: await world.person('ben') })).rejects.toThrow(
      UnknownRequest,
    );
  });

  it('ends with a word to the person: after a week, when the limit fell, when it is not allowed any more', async () => {
    await fill();
    const [late, never, gone] = [
      await join_('ben', await draft('ben')),
      await join_('ada', await draft('ada')),
      await join_('lea', await draft('lea')),
    ];
    await world.query(`update queued_requests set expires_at = now() where id = $1`, [late.queued.id]);
    await world.get(QueueOpener).expire();
    await setLimit(0);
    try {
      await world.get(QueueOpener).open();
    } finally {
      await setLimit(LIMIT);
    }
    expect(await states()).toEqual({
      [late.queued.id]: 'expired',
      [never.queued.id]: 'refused',
      [gone.queued.id]: 'refused',
    });
    const told = await world.query<{ data: { text: string } }>(
      `select data from notices where key like 'queue-ended:%' order by id`,
    );
    expect(told.map(({ data }) => data.text)).toEqual([
      expect.stringContaining('Nothing was returned in a week'),
      expect.stringContaining('the limit is 0 now'),
      expect.stringContaining('the limit is 0 now'),
    ]);
  });

  it('is no place for what may be sent at once, or is refused for another reason', async () => {
    const person = await world.person('ada');
    expect(await world.get(RequestQueue).join({ draftId: await draft('ada'), person, traceId: 'trc-test' })).toBeNull();
    await fill();
    await expect(join_('sam', await draft('sam'))).rejects.toThrow(RequestRefused);
  });
});

interface Act {
  do: 'queue' | 'send' | 'return' | 'open' | 'cancel';
  who: 'ada' | 'ben' | 'lea';
}
const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom('queue', 'queue', 'send', 'return', 'return', 'open', 'cancel'),
  who: fc.constantFrom('ada', 'ben', 'lea'),
});

describe('no order of queueing, sending, returning, opening and leaving, at the same time', () => {
  it('grants more than there is, or loses somebody who waits', async () => {
    const perform = async ({ do: what, who }: Act): Promise<void> => {
      const person = await world.person(who);
      switch (what) {
        case 'queue':
          await world.get(RequestQueue).join({ draftId: await draft(who), person, traceId: 'trc-test' });
          return;
        case 'send':
          await world.get(SubmitRequest).submitDraft({ draftId: await draft(who), person, traceId: 'trc-test' });
          return;
        case 'return': {
          const [row] = await world.query<{ holder_id: string }>(
            `select holder_id from quota_leases where state = 'held' limit 1`,
          );
          if (row !== undefined) await giveBack(row.holder_id);
          return;
        }
        case 'open':
          await world.get(QueueOpener).open();
          return;
        case 'cancel': {
          const [place] = await world.get(RequestQueue).waitingOf(person);
          if (place !== undefined) await world.get(RequestQueue).cancel({ id: place.queued.id, person });
        }
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 }),
        async (rounds) => {
          await clean();
          await fill();
          for (const round of rounds) {
            await Promise.allSettled(round.map(perform));
            const [row] = await world.query<{ held: string }>(
              `select held from quota_counters where unit = 'databases'`,
            );
            expect(Number(row?.held)).toBeLessThanOrEqual(LIMIT);
          }
          // Everything is returned, again and again, until nobody waits any more.
          for (let turn = 0; turn < 40; turn += 1) {
            const holders = await world.query<{ holder_id: string }>(
              `select holder_id from quota_leases where state = 'held'`,
            );
            for (const { holder_id: id } of holders) await giveBack(id);
            await world.get(QueueOpener).open();
          }
          const left = await world.query(
            `select state from queued_requests where state not in ('opened', 'cancelled')`,
          );
          expect(left).toEqual([]);
          expect(await world.query('select 1 from quota_waits')).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
