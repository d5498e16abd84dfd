import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Person } from '../../src/identity/index.js';
import { DriftChecks, Operations, ResourceLives, ScheduleSweep, Schedules } from '../../src/lifecycle/index.js';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { type Resource, Resources } from '../../src/resources/index.js';
import { Clock } from '../../src/shared/index.js';
import { Core } from '../builders/core.js';
import { asAdmin } from '../builders/database.js';

jest.setTimeout(180_000);

describe('a schedule', () => {
  let core: Core;
  let ada: Person;
  let resource: Resource;
  beforeAll(async () => {
    core = await Core.start();
    ada = { ...(await core.person('ada')), timezone: 'Europe/Berlin' };
    const wish = {
      ...{ person: ada, itemName: 'postgres-database', teamId: 'payments', environment: 'development', reason: '' },
      ...{ parameters: { name: `s${randomBytes(4).toString('hex')}` }, leaseHours: 24 },
      ...{ idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test', originChannelId: null },
    };
    const { id, resourceId } = await core.get(SubmitRequest).submit(wish);
    const ended = await core.until(
      () => core.get(Requests).get(id),
      ({ state }) => state !== 'provisioning',
    );
    expect(ended).toMatchObject({ state: 'ready' });
    resource = await core.get(Resources).get(resourceId);
  });
  afterAll(() => core.stop());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const life = async () => {
    const found = await core.get(ResourceLives).find(resource.id);
    if (found === null) throw new Error('gone');
    return found;
  };
  const takesConnections = () =>
    asAdmin(core.database.serverUrl, async (admin) => {
      const sql = 'select datallowconn as allowed from pg_database where datname = $1';
      return (await admin.query<{ allowed: boolean }>(sql, [resource.outputs.database])).rows[0]?.allowed;
    });
  /** Sweeps of two replicas at that moment, until what they began is over and known. */
  async function at(time: string): Promise<void> {
    const clock = jest.spyOn(core.get(Clock), 'now').mockReturnValue(new Date(time));
    const sweep = core.get(ScheduleSweep);
    await Promise.all([sweep.run(), sweep.run()]);
    clock.mockRestore();
    await core.until(life, ({ lately }) => lately.every(({ state }) => state !== 'waiting' && state !== 'running'));
    jest.spyOn(core.get(Clock), 'now').mockReturnValue(new Date(time));
    await Promise.all([sweep.run(), sweep.run()]);
    jest.restoreAllMocks();
  }
  async function byHand(name: string): Promise<void> {
    const wish = { resourceId: resource.id, name, person: ada, parameters: {}, reason: '' };
    const { plan } = await core.get(Operations).preview(wish);
    const rest = { planDigest: plan.digest, idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test' };
    await core.get(Operations).begin({ ...wish, ...rest });
    await core.until(life, ({ lately }) => lately.every(({ state }) => state !== 'waiting' && state !== 'running'));
  }
  const names = async () => (await life()).lately.map(({ name, state }) => `${name} ${state}`);

  it('is for those who may do to it what the schedule does', async () => {
    const set = core
      .get(Schedules)
      .set({ resourceId: resource.id, person: await core.person('oli'), choice: 'office-hours' });
    await expect(set).rejects.toMatchObject({ code: 'resources.forbidden' });
    const unknown = core.get(Schedules).set({ resourceId: resource.id, person: ada, choice: 'never' });
    await expect(unknown).rejects.toMatchObject({ code: 'lifecycle.operation_refused' });
  });

  it('leaves alone what is awake in its hours', async () => {
    await core.get(Schedules).set({ resourceId: resource.id, person: ada, choice: 'office-hours' });
    await at('2026-11-25T11:00:00Z');
    expect(await names()).toEqual([]);
    expect((await life()).schedule).toMatchObject({ state: 'awake', timeZone: 'Europe/Berlin' });
  });

  it('puts it to sleep after them, once, by its operation: nobody connects, and that is no drift', async () => {
    await at('2026-11-25T19:00:00Z');
    expect(await names()).toEqual(['sleep done']);
    expect((await life()).schedule).toMatchObject({ state: 'asleep', failure: null });
    expect(await takesConnections()).toBe(false);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same', failure: null });
    await at('2026-11-26T02:00:00Z');
    expect(await names()).toEqual(['sleep done']);
  });

  it('wakes it when somebody needs it, until it would be awake anyway, and for no longer than may be', async () => {
    jest.spyOn(core.get(Clock), 'now').mockReturnValue(new Date('2026-11-25T22:00:00Z'));
    const until = await core.get(Schedules).wakeNow({ resourceId: resource.id, person: ada });
    expect(until).toEqual(new Date('2026-11-26T06:00:00Z'));
    const long = { resourceId: resource.id, person: ada, until: new Date('2026-12-25T00:00:00Z') };
    await expect(core.get(Schedules).keepAwake(long)).rejects.toMatchObject({ code: 'lifecycle.operation_refused' });
    jest.restoreAllMocks();
    await at('2026-11-25T22:01:00Z');
    expect(await names()).toEqual(['wake done', 'sleep done']);
    expect(await takesConnections()).toBe(true);
    await at('2026-11-26T12:00:00Z');
    expect((await life()).schedule).toMatchObject({ state: 'awake' });
  });

  it('puts it to sleep in the evening after that, and wakes it in the morning', async () => {
    await at('2026-11-26T19:00:00Z');
    expect(await takesConnections()).toBe(false);
    await at('2026-11-27T06:00:00Z');
    expect(await takesConnections()).toBe(true);
  });

  it('leaves asleep what somebody put to sleep in its hours, and awake what somebody woke out of them', async () => {
    jest.spyOn(core.get(Clock), 'now').mockReturnValue(new Date('2026-11-27T10:00:00Z'));
    await byHand('sleep');
    expect((await life()).schedule).toMatchObject({
      ...{ state: 'asleep', asleepBy: ada.id, asleepUntil: new Date('2026-11-27T19:00:00Z') },
    });
    const before = await names();
    await at('2026-11-27T10:01:00Z');
    expect(await names()).toEqual(before);
    expect(await takesConnections()).toBe(false);
    jest.spyOn(core.get(Clock), 'now').mockReturnValue(new Date('2026-11-27T18:00:00Z'));
    await byHand('wake');
    expect((await life()).schedule).toMatchObject({
      ...{ state: 'awake', asleepUntil: null, awakeBy: ada.id, awakeUntil: new Date('2026-11-27T22:00:00Z') },
    });
    await at('2026-11-27T19:30:00Z');
    expect(await takesConnections()).toBe(true);
    await at('2026-11-27T22:30:00Z');
    expect(await takesConnections()).toBe(false);
    await at('2026-11-30T06:01:00Z');
    expect(await takesConnections()).toBe(true);
  });

  it('wakes it when the schedule is ended, and what sleeps is destroyed like anything', async () => {
    await at('2026-12-01T20:00:00Z');
    expect(await takesConnections()).toBe(false);
    await core.get(Schedules).set({ resourceId: resource.id, person: ada, choice: null });
    await at('2026-12-01T20:01:00Z');
    expect(await takesConnections()).toBe(true);
    await core.get(Schedules).set({ resourceId: resource.id, person: ada, choice: 'no-weekends' });
    await at('2026-12-05T12:00:00Z');
    expect(await takesConnections()).toBe(false);
    await core.get(Resources).requestDestroy({ resourceId: resource.id, person: ada, why: 'test' });
    const gone = await core.until(
      () => core.get(Resources).get(resource.id),
      ({ state }) => state !== 'destroying',
    );
    expect(gone).toMatchObject({ state: 'destroyed' });
  });
});
