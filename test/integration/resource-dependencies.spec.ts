import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import type { Person } from '../../src/identity/index.js';
import { PreviewRequest, Requests, SubmitRequest } from '../../src/requests/index.js';
import { LeaseSweep, type Resource, Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(180_000);

describe('resources that stand on others', () => {
  let core: Core;
  let ada: Person;
  beforeAll(async () => {
    core = await Core.start();
    ada = await core.person('ada');
  });
  afterAll(() => core.stop());

  const get = (id: string) => core.get(Resources).get(id);
  const gone = (id: string) =>
    core.until(
      () => get(id),
      ({ state }) => state === 'destroyed' || state === 'destroy-failed',
    );
  const wishFor = (itemName: string, parameters: Record<string, string>) => ({
    ...{
      person: ada,
      itemName,
      teamId: 'payments',
      environment: 'development',
      parameters,
      reason: '',
      leaseHours: 24,
    },
    ...{ idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test', originChannelId: null },
  });
  async function made(itemName: string, parameters: Record<string, string>): Promise<Resource> {
    const { id, resourceId } = await core.get(SubmitRequest).submit(wishFor(itemName, parameters));
    const ended = await core.until(
      () => core.get(Requests).get(id),
      ({ state }) => state !== 'provisioning',
    );
    expect(ended).toMatchObject({ state: 'ready' });
    return get(resourceId);
  }
  const aName = () => `d${randomBytes(4).toString('hex')}`;
  async function aDatabaseWithSchemas(...schemas: string[]): Promise<[Resource, ...Resource[]]> {
    const name = aName();
    const database = await made('postgres-database', { name });
    const all: Resource[] = [];
    for (const schema of schemas) all.push(await made('postgres-schema', { database: name, schema }));
    return [database, ...all];
  }

  it('say so in their plan', async () => {
    const name = aName();
    const database = await made('postgres-database', { name });
    const { plan } = await core
      .get(PreviewRequest)
      .preview(wishFor('postgres-schema', { database: name, schema: 'one' }));
    expect(plan.standsOn).toEqual([{ id: database.id, title: database.title }]);
  });

  it('keep what they stand on: it is refused with a list, and nothing is changed', async () => {
    const [database, one, two] = await aDatabaseWithSchemas('one', 'two');
    const destroy = core.get(Resources).requestDestroy({ resourceId: database.id, person: ada, why: 'test' });
    const refusal = await destroy.catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'resources.stood_on' });
    expect((refusal as { publicMessage: string }).publicMessage).toContain(one?.id ?? '?');
    expect((refusal as { publicMessage: string }).publicMessage).toContain(two?.id ?? '?');
    expect(await get(database.id)).toMatchObject({ state: 'active', version: database.version });
  });

  it('go first, in order, when whoever destroys it agreed to the list', async () => {
    const [database, one, two] = await aDatabaseWithSchemas('one', 'two');
    const resources = core.get(Resources);
    const wish = { resourceId: database.id, person: ada, why: 'test' };
    const stale = resources.requestDestroy({ ...wish, agreed: [one?.id ?? '?'] });
    await expect(stale).rejects.toMatchObject({ code: 'resources.moved_on' });
    const agreed = (await resources.dependents(database.id)).map(({ id }) => id);
    expect(new Set(agreed)).toEqual(new Set([one?.id, two?.id]));
    await resources.requestDestroy({ ...wish, agreed });
    expect(await gone(database.id)).toMatchObject({ state: 'destroyed' });
    const ends = await Promise.all([database.id, ...agreed].map(async (id) => (await get(id)).destroyedAt));
    const [last, ...first] = ends.map((end) => end?.getTime() ?? Number.POSITIVE_INFINITY);
    expect(Math.max(...first)).toBeLessThan(last ?? 0);
    // One teardown each, however many of them released it.
    for (const id of [database.id, ...agreed]) {
      const types = (await core.get(Audit).trail({ kind: 'resource', id })).map(({ type }) => type);
      expect(types.filter((type) => type === 'resource.destroy_started')).toHaveLength(1);
    }
  });

  it('are not taken by somebody who may not', async () => {
    const [database] = await aDatabaseWithSchemas('one');
    const resources = core.get(Resources);
    const agreed = (await resources.dependents(database.id)).map(({ id }) => id);
    const destroy = resources.requestDestroy({
      resourceId: database.id,
      person: await core.person('oli'),
      why: '',
      agreed,
    });
    await expect(destroy).rejects.toMatchObject({ code: 'resources.forbidden' });
    expect(await get(database.id)).toMatchObject({ state: 'active' });
  });

  it('can’t begin on what is being destroyed, whoever is first', async () => {
    const name = aName();
    const database = await made('postgres-database', { name });
    const [request, destroy] = await Promise.allSettled([
      core.get(SubmitRequest).submit(wishFor('postgres-schema', { database: name, schema: 'late' })),
      core.get(Resources).requestDestroy({ resourceId: database.id, person: ada, why: 'test' }),
    ]);
    expect([request.status, destroy.status].sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('let a lease wait for them, or go with it where that was told', async () => {
    const [waits, schema] = await aDatabaseWithSchemas('one');
    const [takes, other] = await aDatabaseWithSchemas('one');
    const sql = (text: string, values: unknown[]) => core.database.transactions.query(text, values);
    await sql('update resources set takes_dependents = true where id = $1', [takes.id]);
    await sql(
      `update resources set lease_ends_at = now() + interval '1 hour', lease_warned_at = null where id = any($1)`,
      [[waits.id, takes.id]],
    );
    await core.get(LeaseSweep).warn();
    const notices = await core.database.transactions.query<{ key: string; also: string }>(
      `select key, data->>'also' as also from notices where template = 'lease-ending' and data->>'resourceId' = any($1)`,
      [[waits.id, takes.id]],
    );
    const alsoOf = (id: string) => notices.find(({ key }) => key.includes(id))?.also;
    expect(alsoOf(waits.id)).toContain('It waits, though');
    expect(alsoOf(takes.id)).toContain('destroyed with it: one in');
    await sql(`update resources set lease_ends_at = now() - interval '1 second' where id = any($1)`, [
      [waits.id, takes.id],
    ]);
    await Promise.all([core.get(LeaseSweep).reap(), core.get(LeaseSweep).reap()]);
    expect(await gone(takes.id)).toMatchObject({ state: 'destroyed' });
    expect(await get(other?.id ?? '')).toMatchObject({ state: 'destroyed' });
    expect(await get(waits.id)).toMatchObject({ state: 'active' });
    await core.get(Resources).requestDestroy({ resourceId: schema?.id ?? '', person: ada, why: 'test' });
    await gone(schema?.id ?? '');
    await core.get(LeaseSweep).reap();
    expect(await gone(waits.id)).toMatchObject({ state: 'destroyed' });
  });
});
