import { TransferRefused, Transfers } from '../../src/ownership/index.js';
import { OwnershipSweep } from '../../src/ownership/ownership-sweep.js';
import { Holdings, LeakSweep } from '../../src/quotas/index.js';
import { type Resource, ResourceForbidden, Resources } from '../../src/resources/index.js';
import { idOf, RequestWorld } from '../builders/request-world.js';

describe('whose a resource is', () => {
  let world: RequestWorld;
  beforeAll(async () => {
    world = await RequestWorld.open();
  });
  afterAll(() => world.close());

  const give = async (resource: Resource, by: string, to: string, toTeam?: string, reason = 'moves on') =>
    world.get(Transfers).transfer({
      resourceId: resource.id,
      toPerson: idOf(to),
      ...(toTeam !== undefined && { toTeam }),
      reason,
      person: await world.person(by),
      traceId: 'trc-test',
    });
  const now = ({ id }: Resource) => world.get(Resources).get(id);
  const offerOf = async ({ id }: Resource): Promise<string> => {
    const [row] = await world.query<{ id: string }>(
      `select id from transfers where resource_id = $1 and state = 'offered'`,
      [id],
    );
    return row?.id ?? '';
  };
  const told = async (template: string, text: string): Promise<string[]> => {
    const rows = await world.query<{ who: string }>(
      `select coalesce(recipient ->> 'personId', recipient ->> 'channel') as who from notices
       where template = $1 and data::text like '%' || $2 || '%' order by 1`,
      [template, text],
    );
    return rows.map(({ who }) => who);
  };
  const holding = async ({ id, title, ownerId }: Resource): Promise<void> => {
    const cost = { currency: 'EUR', hourly: 0.01, monthly: 7.3, once: 0, untilEnd: 0.08, missing: [] };
    const lines = [{ price: 'x', title: 'X', quantity: 1, hourly: 0.01, once: 0 }];
    const place = { teamId: 'payments', environment: 'development', itemName: 'demo-service' };
    await world.database.transactions.run((tx) =>
      world.get(Holdings).reserve(tx, {
        resourceId: id,
        title,
        ownerId,
        ...place,
        leaseHours: 8,
        cost: { ...cost, lines },
        wants: { databases: 1 },
      }),
    );
  };
  const held = async (teamId: string): Promise<number> => {
    const [row] = await world.query<{ held: number }>(
      `select held::integer as held from quota_counters where team_id = $1 and environment = 'development' and unit = 'databases'`,
      [teamId],
    );
    return row?.held ?? 0;
  };

  it('changes hands within a team at once, and everybody concerned hears of it', async () => {
    const resource = await world.resource();
    await expect(give(resource, 'lea', 'ben')).resolves.toBe('given');
    expect(await now(resource)).toMatchObject({ ownerId: idOf('ben'), teamId: 'payments' });
    expect(await told('transfer-ended', resource.title)).toEqual([idOf('ada'), idOf('ben')]);
    expect(await world.trail({ kind: 'resource', id: resource.id })).toContain('resource.transferred');
    await expect(give(resource, 'ada', 'ada')).rejects.toThrow(ResourceForbidden);
  });

  it('goes to nobody who could not look after it', async () => {
    const resource = await world.resource();
    await expect(give(resource, 'ada', 'oli')).rejects.toThrow('oli is not in Payments');
    await expect(give(resource, 'ada', 'ada')).rejects.toThrow('theirs already');
    await expect(give(resource, 'ada', 'oli', 'nowhere')).rejects.toThrow(TransferRefused);
    world.people.add('ben', { deleted: true });
    await expect(give(resource, 'ada', 'ben')).rejects.toThrow('somebody who has left');
    world.people.add('ben');
    expect((await now(resource)).ownerId).toBe(idOf('ada'));
  });

  it('goes to another team once that agrees, with quota and cost', async () => {
    const resource = await world.resource();
    await holding(resource);
    const before = { payments: await held('payments'), platform: await held('platform') };
    await expect(give(resource, 'ada', 'oli', 'platform')).resolves.toBe('offered');
    expect((await now(resource)).teamId).toBe('payments');
    expect(await told('transfer-offered', resource.title)).toEqual([idOf('oli'), idOf('pia')]);
    const id = await offerOf(resource);
    await expect(world.get(Transfers).accept({ id, person: await world.person('lea') })).rejects.toThrow('for a lead');
    const [oli, pia] = [await world.person('oli'), await world.person('pia')];
    const answers = await Promise.allSettled([
      world.get(Transfers).accept({ id, person: oli }),
      world.get(Transfers).accept({ id, person: pia }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await now(resource)).toMatchObject({ ownerId: idOf('oli'), teamId: 'platform' });
    expect({ payments: await held('payments'), platform: await held('platform') }).toEqual({
      payments: before.payments - 1,
      platform: before.platform + 1,
    });
    const [cost] = await world.query('select team_id, owner_id from cost_commitments where resource_id = $1', [
      resource.id,
    ]);
    expect(cost).toEqual({ team_id: 'platform', owner_id: idOf('oli') });
    expect(await world.get(LeakSweep).mendCounters()).toBe(0);
  });

  it('stays where it is when the other team declines, and whoever offered it hears so', async () => {
    const resource = await world.resource();
    await give(resource, 'ada', 'oli', 'platform');
    const id = await offerOf(resource);
    await world.get(Transfers).decline({ id, person: await world.person('pia') });
    expect(await now(resource)).toMatchObject({ ownerId: idOf('ada'), teamId: 'payments' });
    expect(await told('transfer-ended', resource.title)).toEqual([idOf('ada')]);
    await expect(world.get(Transfers).accept({ id, person: await world.person('oli') })).rejects.toThrow(
      'decided already',
    );
  });

  it('stays where it is when the other team has no room', async () => {
    const full = await Promise.all(Array.from({ length: 12 }, () => world.resource()));
    let refused: unknown = null;
    for (const resource of full) {
      await holding(resource).catch(() => undefined);
      await give(resource, 'ada', 'oli', 'platform');
      const id = await offerOf(resource);
      refused = await world
        .get(Transfers)
        .accept({ id, person: await world.person('pia') })
        .then(
          () => null,
          (error: unknown) => error,
        );
      if (refused === null) continue;
      expect((await now(resource)).teamId).toBe('payments');
      expect(await offerOf(resource)).toBe(id);
      break;
    }
    expect(refused).toMatchObject({ code: 'quotas.exceeded' });
    expect(await world.get(LeakSweep).mendCounters()).toBe(0);
  });

  it('has one offer at a time, which ends', async () => {
    const resource = await world.resource();
    await give(resource, 'ada', 'oli', 'platform');
    const first = await offerOf(resource);
    await give(resource, 'ada', 'pia', 'platform');
    const second = await offerOf(resource);
    expect(second).not.toBe(first);
    const pia = await world.person('pia');
    await expect(world.get(Transfers).accept({ id: first, person: pia })).rejects.toThrow('decided already');
    await world.query(`update transfers set expires_at = now() where id = $1`, [second]);
    await expect(world.get(Transfers).accept({ id: second, person: pia })).rejects.toThrow('time is over');
    await Promise.all([world.get(OwnershipSweep).expire(), world.get(OwnershipSweep).expire()]);
    expect(await told('transfer-ended', resource.title)).toEqual([idOf('ada')]);
    expect(await world.trail({ kind: 'resource', id: resource.id })).toContain('resource.transfer_expired');
  });

  it('is told to the leads when its owner has left, once a week, and not when Slack can’t say', async () => {
    const resource = await world.resource();
    await give(resource, 'ada', 'ben');
    const sweep = world.get(OwnershipSweep);
    world.people.down = true;
    await sweep.tellOfLeavers();
    world.people.down = false;
    await sweep.tellOfLeavers();
    expect(await told('owner-left', resource.id)).toEqual([]);
    await world.query(`update resources set owner_id = 'U0GONE' where id = $1`, [resource.id]);
    await Promise.all([sweep.tellOfLeavers(), sweep.tellOfLeavers()]);
    expect(await told('owner-left', resource.id)).toEqual(['lea', 'lex', 'lin', 'lou'].map(idOf));
    await expect(give(resource, 'lea', 'ben')).resolves.toBe('given');
    await world.query(`delete from notices where template = 'owner-left'`);
    await sweep.tellOfLeavers();
    expect(await told('owner-left', resource.id)).toEqual([]);
  });
});
