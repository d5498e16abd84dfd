import { jest } from '@jest/globals';
import { BulkStore } from '../../src/bulk/bulk.store.js';
import { BulkSender } from '../../src/bulk/bulk-sender.js';
import { type BulkProblem, Bulks } from '../../src/bulk/index.js';
import { People, type Person } from '../../src/identity/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { SubmitRequest } from '../../src/requests/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(180_000);

describe('a file of requests, on several replicas', () => {
  let core: Core;
  let ada: Person;

  beforeAll(async () => {
    core = await Core.start();
    ada = await core.person('ada');
  });
  afterAll(() => core.stop());

  const about = (): { person: Person; traceId: string; originChannelId: null } => ({
    person: ada,
    traceId: 'trc-bulk',
    originChannelId: null,
  });
  const databases = (count: number, environment = 'development'): string =>
    `item,environment,name,size\n${Array.from({ length: count }, (_, n) => `postgres-database,${environment},bulk_${n},small`).join('\n')}\n`;
  const told = (problems: readonly BulkProblem[]): string[] =>
    problems.map(({ line, message }) => `${line}: ${message}`);

  it('sees what is too much only in sum, before anything is sent', async () => {
    const { id, problems } = await core.get(Bulks).prepare({ source: databases(12), name: '' }, about());
    expect(id).toBeNull();
    expect(told(problems)).toEqual([expect.stringMatching(/^12: From here on there is not enough left: of databases/)]);
    const { problems: alike } = await core
      .get(Bulks)
      .prepare({ source: `${databases(1)}postgres-database,development,bulk_0,small\n`, name: '' }, about());
    expect(told(alike)).toEqual(['3: This is the same as line 2. Take one of them out.']);
  });

  it('makes each line one request, however many send it and whoever is quicker', async () => {
    const bulks = core.get(Bulks);
    const rows = Array.from({ length: 30 }, (_, n) => `demo-service,line-${n},1,0`).join('\n');
    const file = { source: `item,name,ticks,flakiness\n${rows}\n`, name: 'thirty.csv' };
    const [one, two] = await Promise.all([bulks.prepare(file, about()), bulks.prepare(file, about())]);
    const sent = await Promise.allSettled([one, two, one].map(({ id }) => bulks.send({ id: id ?? '', person: ada })));
    const accepted = sent.flatMap((end) => (end.status === 'fulfilled' ? [end.value.id] : []));
    expect(new Set(accepted).size).toBe(1);
    expect(sent.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    const replicas = Array.from(
      { length: 3 },
      () => new BulkSender(core.get(BulkStore), core.get(People), core.get(SubmitRequest), Logger.silent()),
    );
    const id = accepted[0] ?? '';
    const ended = await core.until(
      async () => {
        await Promise.all(replicas.map((replica) => replica.tick()));
        // As if whoever had it died in the middle.
        await core.get(BulkStore).release(id);
        return bulks.find(id);
      },
      (bulk) => bulk?.state === 'done',
      2000,
    );
    expect(ended?.counts).toMatchObject({ ready: 30, failed: 0, refused: 0 });
    const [count] = await core.database.dataSource.query<{ requests: number; keys: number }[]>(
      `select count(*)::integer as requests, count(distinct idempotency_key)::integer as keys from requests where idempotency_key like 'bulk:%'`,
    );
    expect(count).toEqual({ requests: 30, keys: 30 });
    await expect(bulks.prepare(file, about())).rejects.toThrow('were sent already');
    const trail = await core.database.dataSource.query<{ type: string }[]>(
      `select type from audit_events where subject_id = $1 order by at`,
      [id],
    );
    expect(trail.map(({ type }) => type)).toEqual(['bulk.sent', 'bulk.done']);
  });

  it('names on its line what somebody else was quicker with, and goes on', async () => {
    const bulks = core.get(Bulks);
    const { id } = await bulks.prepare({ source: databases(2, 'staging'), name: '' }, about());
    const { id: other } = await bulks.prepare(
      { source: databases(5, 'staging').replaceAll('bulk_', 'other_'), name: '' },
      about(),
    );
    await bulks.send({ id: other ?? '', person: ada });
    await core.until(
      () => bulks.find(other ?? ''),
      (bulk) => bulk?.state === 'done',
      2000,
    );
    await bulks.send({ id: id ?? '', person: ada });
    const late = await core.until(
      () => bulks.find(id ?? ''),
      (bulk) => bulk?.state === 'done',
      2000,
    );
    expect(late?.counts.refused).toBe(2);
    const [row] = await bulks.rowsOf(id ?? '');
    expect(row?.problem).toContain('not enough left');
  });

  it('is sent by nobody but whoever looked at it', async () => {
    const bulks = core.get(Bulks);
    const { id } = await bulks.prepare({ source: 'item,name\ndemo-service,mine\n', name: '' }, about());
    const ben = await core.person('ben');
    await expect(bulks.send({ id: id ?? '', person: ben })).rejects.toThrow('not yours');
  });
});
