import {
  LeaseAtItsLimit,
  LeaseSweep,
  type Resource,
  ResourceForbidden,
  ResourceMovedOn,
  Resources,
  UnknownResource,
} from '../../src/resources/index.js';
import { idOf, jitter, RequestWorld, unique } from '../builders/request-world.js';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

describe('the lease of a resource', () => {
  let world: RequestWorld;
  let resources: Resources;
  let sweep: LeaseSweep;
  beforeAll(async () => {
    world = await RequestWorld.open();
    resources = world.get(Resources);
    sweep = world.get(LeaseSweep);
  });
  afterAll(() => world.close());

  const endsIn = (resource: Resource, interval: string) =>
    world.query('update resources set lease_ends_at = now() + $2::interval where id = $1', [resource.id, interval]);
  const extend = async (resource: Resource, who = 'ada') =>
    resources.extend({ resourceId: resource.id, person: await world.person(who) });
  const destroy = async (resource: Resource, who = 'ada') =>
    resources.requestDestroy({ resourceId: resource.id, person: await world.person(who), why: 'not needed' });
  const teardowns = async (resource: Resource) =>
    (await world.durable.of(`destroy:${resource.id}:%`)).map((work) => work.payload);

  it('begins with the resource, by the database’s clock, and only once', async () => {
    const { id } = await world.resource();
    const again = { outputs: { address: 'other' }, secretRef: null, runId: 'run-00000002' };
    await world.database.transactions.run((tx) => resources.activate(tx, id, again));
    const [row] = await world.query<{ exact: boolean; outputs: unknown }>(
      `select lease_ends_at = updated_at + interval '8 hours' as exact, outputs from resources where id = $1`,
      [id],
    );
    expect(row).toEqual({ exact: true, outputs: { address: `${id}.test` } });
    expect(await world.trail({ kind: 'resource', id })).toEqual(['resource.activated']);
  });

  it.each(SEEDS)('is either extended or ended when both happen at its very end (seed %i)', async (seed) => {
    const resource = await world.resource();
    await endsIn(resource, '0 seconds');
    const extended = jitter(seed * 5).then(() =>
      extend(resource).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(ResourceMovedOn);
          return false;
        },
      ),
    );
    await Promise.all([extended, jitter(seed).then(() => sweep.reap()), sweep.reap()]);
    const survived = await extended;
    await sweep.reap();
    expect((await resources.get(resource.id)).state).toBe(survived ? 'active' : 'destroying');
    expect(await teardowns(resource)).toHaveLength(survived ? 0 : 1);
  });

  it('does not end with what the sweep saw before it was extended', async () => {
    const [first, second] = [await world.resource(), await world.resource()];
    await endsIn(first, '-2 minutes');
    await endsIn(second, '-1 minute');
    world.durable.before = async () => {
      world.durable.before = () => Promise.resolve();
      await extend(second);
    };
    expect(await sweep.reap()).toBe(1);
    expect((await resources.get(second.id)).state).toBe('active');
    expect(await teardowns(second)).toEqual([]);
  });

  it('ends once, however many sweeps run', async () => {
    const ended = await Promise.all(Array.from({ length: 6 }, () => world.resource()));
    for (const resource of ended) await endsIn(resource, '-1 minute');
    const living = await world.resource();
    const begun = await Promise.all([1, 2, 3].map(() => sweep.reap()));
    expect(begun.reduce((sum, n) => sum + n, 0)).toBe(6);
    for (const resource of ended)
      expect(await teardowns(resource)).toEqual([{ workflow: 'destroy-resource', args: [resource.id] }]);
    expect(await teardowns(living)).toEqual([]);
  });

  it.each(SEEDS.slice(0, 10))('ends once when its owner destroys it at its very end (seed %i)', async (seed) => {
    const resource = await world.resource();
    await endsIn(resource, '0 seconds');
    const person = jitter(seed).then(() =>
      destroy(resource).then(
        () => 1,
        () => 0,
      ),
    );
    const [byPerson, bySweep] = await Promise.all([person, jitter(seed * 3).then(() => sweep.reap())]);
    expect(byPerson + bySweep).toBe(1);
    expect(await teardowns(resource)).toHaveLength(1);
  });

  it('goes on ending others when one can’t be ended', async () => {
    const [stuck, next] = [await world.resource(), await world.resource()];
    await endsIn(stuck, '-2 minutes');
    await endsIn(next, '-1 minute');
    await world.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'stuck'; end $$;
       create trigger stuck before update on resources for each row when (old.id = '${stuck.id}') execute function refuse()`,
    );
    expect(await sweep.reap()).toBe(1);
    await world.query('drop trigger stuck on resources');
    expect((await resources.get(next.id)).state).toBe('destroying');
    expect(await sweep.reap()).toBe(1);
  });

  it('is warned of once, in time, and once more after it was extended', async () => {
    const resource = await world.resource();
    const ticks = () => Promise.all([sweep.tick(), sweep.tick(), sweep.tick()]);
    await ticks();
    expect(await world.notices(resource.id)).toEqual([]);
    await endsIn(resource, '59 minutes');
    await ticks();
    await ticks();
    expect(await world.notices(resource.id)).toEqual(['lease-ending']);
    expect((await extend(resource)).leaseWarnedAt).toBeNull();
    await endsIn(resource, '58 minutes');
    await ticks();
    expect(await world.notices(resource.id)).toEqual(['lease-ending', 'lease-ending']);
  });

  it('is warned of in its last quarter when it is short', async () => {
    const resource = await world.resource();
    await world.query('update resources set lease_hours = 2 where id = $1', [resource.id]);
    await endsIn(resource, '31 minutes');
    await sweep.tick();
    expect(await world.notices(resource.id)).toEqual([]);
    await endsIn(resource, '29 minutes');
    await sweep.tick();
    expect(await world.notices(resource.id)).toEqual(['lease-ending']);
  });

  it('grows by what the item says, up to its longest, by whom the rules let', async () => {
    const resource = await world.resource();
    const hours = async () =>
      (
        await world.query<{ hours: number }>(
          `select round(extract(epoch from lease_ends_at - now()) / 3600)::integer as hours from resources where id = $1`,
          [resource.id],
        )
      )[0]!.hours;
    await expect(extend(resource, 'sam')).rejects.toThrow(ResourceForbidden);
    await extend(resource, 'ben');
    expect(await hours()).toBe(12);
    for (let time = 0; time < 3; time += 1) await extend(resource);
    expect(await hours()).toBe(24);
    await expect(extend(resource)).rejects.toThrow(LeaseAtItsLimit);
    expect(await hours()).toBe(24);
    const trail = await world.trail({ kind: 'resource', id: resource.id });
    expect(trail.filter((type) => type === 'resource.lease_extended')).toHaveLength(4);
  });
});

describe('taking a resource away', () => {
  let world: RequestWorld;
  let resources: Resources;
  beforeAll(async () => {
    world = await RequestWorld.open();
    resources = world.get(Resources);
  });
  afterAll(() => world.close());

  const destroy = async (id: string, who = 'ada') =>
    resources.requestDestroy({ resourceId: id, person: await world.person(who), why: 'not needed' });

  it('is for those the rules name, in the rule’s words, and once', async () => {
    const { id } = await world.resource({ environment: 'production' });
    await expect(destroy(id, 'ben')).rejects.toThrow(ResourceForbidden);
    const both = await Promise.allSettled([destroy(id), destroy(id, 'lou')]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(destroy(id)).rejects.toThrow(/is being destroyed already/);
    await resources.markDestroyed(id);
    await resources.markDestroyed(id);
    expect(await resources.get(id)).toMatchObject({ state: 'destroyed', secretRef: null });
    expect(await world.notices(id)).toEqual(['resource-destroyed']);
    await expect(destroy(id)).rejects.toThrow(ResourceMovedOn);
    const late = resources.extend({ resourceId: id, person: await world.person('ada') });
    await expect(late).rejects.toThrow(/was destroyed. Nothing was changed/);
  });

  it('can be tried again when it failed, as another workflow', async () => {
    const { id } = await world.resource();
    await destroy(id);
    await resources.markDestroyFailed(id, 'The server does not answer.');
    await resources.markDestroyFailed(id, 'The server does not answer.');
    expect(await resources.get(id)).toMatchObject({ state: 'destroy-failed', secretRef: 'kv:demo#1' });
    expect(await world.notices(id)).toEqual(['destroy-failed']);
    await destroy(id);
    const ids = (await world.durable.of(`destroy:${id}:%`)).map((work) => work.workflowId);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('finding a resource', () => {
  let world: RequestWorld;
  let resources: Resources;
  beforeAll(async () => {
    world = await RequestWorld.open();
    resources = world.get(Resources);
  });
  afterAll(() => world.close());

  const meant = async (text: string, who = 'ada') => (await resources.meant(text, await world.person(who))).id;

  it('goes by id, title, name or output, in any case of letters', async () => {
    const [title, name] = [`Orders ${unique()}`, unique()];
    const { id } = await world.resource({ title, name });
    expect(await meant(id.toUpperCase())).toBe(id);
    expect(await meant(`  ${title.toUpperCase()} `)).toBe(id);
    expect(await meant(name)).toBe(id);
    expect(await meant(`${id}.test`)).toBe(id);
  });

  it('asks back when several are meant, or none', async () => {
    const title = `Twin ${unique()}`;
    const [one, other] = [await world.resource({ title }), await world.resource({ title })];
    const ask = meant(title);
    await expect(ask).rejects.toThrow(UnknownResource);
    await expect(ask).rejects.toThrow(`${title} (${one.id})`);
    await expect(ask).rejects.toThrow(`${title} (${other.id})`);
    await expect(meant('%')).rejects.toThrow(/Which one do you mean/);
  });

  it('shows nothing to people who may not see it', async () => {
    const resource = await world.resource({ title: `Hidden ${unique()}` });
    world.people.add('eve');
    await expect(meant(resource.id, 'eve')).rejects.toThrow(/you have none yet/);
    await expect(meant(resource.title, 'eve')).rejects.toThrow(UnknownResource);
    const list = async (who: string) => {
      const person = await world.person(who);
      const [own, team] = [await resources.listFor(person), await resources.listForTeam('payments', person)];
      return [own, team].map((found) => found.some(({ id }) => id === resource.id));
    };
    expect(await list('ben')).toEqual([true, true]);
    expect(await list('oli')).toEqual([false, true]);
    expect(await list('eve')).toEqual([false, false]);
    expect(resource.ownerId).toBe(idOf('ada'));
  });
});
