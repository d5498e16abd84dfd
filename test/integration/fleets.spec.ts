import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Votes } from '../../src/approvals/index.js';
import { Audit } from '../../src/audit/index.js';
import { Catalog } from '../../src/catalog/index.js';
import type { Person } from '../../src/identity/index.js';
// Where it is cut off is no business of anybody else.
import { FleetStore } from '../../src/lifecycle/fleets/fleet.store.js';
import { type Fleet, type FleetMember, FleetSweep, Fleets, Pins } from '../../src/lifecycle/index.js';
import { PreviewRequest, Requests, SubmitRequest } from '../../src/requests/index.js';
import { type Resource, Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';
import { asAdmin } from '../builders/database.js';

jest.setTimeout(240_000);

const DAY = 86_400_000;
const DEATHS = 4;
const FAILING_STEP = `  - name: fails
    title: Fails for bad names
    action: demo:fail
    with: { when: "\${{ params.name.startsWith('bad') }}", message: "It was told to fail." }
    retry: { attempts: 1, backoffSeconds: 0 }
`;

describe('all of an item, on its way to a newer version', () => {
  let core: Core;
  let ada: Person;
  let lea: Person;
  let pia: Person;
  let folder: string;
  let source: string;
  let minor = 100;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-fleets-'));
    await cp('catalog', join(folder, 'catalog'), { recursive: true });
    core = await Core.start({ CATALOG_DIR: join(folder, 'catalog') });
    [ada, lea, pia] = await Promise.all([core.person('ada'), core.person('lea'), core.person('pia')]);
    source = await readFile(file(), 'utf8');
  });
  afterAll(async () => {
    await core.stop();
    await rm(folder, { recursive: true, force: true });
  });
  /** What earlier tests left is nobody's business. */
  beforeEach(async () => {
    await core.database.transactions.query(`update resources set state = 'destroyed'`);
    await core.database.transactions.query('delete from quota_leases');
    await core.database.transactions.query('update quota_counters set held = 0');
    await core.database.transactions.query(`update fleets set state = 'stopped' where state in ('running', 'paused')`);
    await release((text) => text);
  });

  const file = () => join(folder, 'catalog/items/postgres-database.yaml');
  const fleets = () => core.get(Fleets);
  const sweep = () => core.get(FleetSweep).run();
  async function release(change: (text: string) => string): Promise<string> {
    minor += 1;
    const [item = ''] = source.split('# Run by npm run catalog:test.');
    await writeFile(file(), change(item).replace(/^version: .*$/m, `version: 1.${minor}.0`));
    await core.get(Catalog).reload();
    expect(core.get(Catalog).problems()).toEqual([]);
    return `1.${minor}.0`;
  }
  const limit = (to: number) => (text: string) => text.replaceAll('? 15 : 5 }}', `? 15 : ${to} }}`);
  const failing = (text: string) => limit(7)(text).replace('\noutputs:\n', `\n${FAILING_STEP}\noutputs:\n`);

  async function made(environment = 'development', prefix = 'f'): Promise<Resource> {
    const parameters = { name: `${prefix}${randomBytes(4).toString('hex')}` };
    const place = { teamId: 'payments', environment };
    const wish = { person: ada, itemName: 'postgres-database', ...place, parameters, reason: 'test', leaseHours: 24 };
    await core.get(PreviewRequest).preview(wish);
    const more = { idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test', originChannelId: null };
    const { id, resourceId, approvalId } = await core.get(SubmitRequest).submit({ ...wish, ...more });
    if (approvalId !== null) await approve(approvalId);
    const ended = await core.until(
      () => core.get(Requests).get(id),
      ({ state }) => state !== 'provisioning' && state !== 'awaiting-approval',
    );
    expect(ended).toMatchObject({ state: 'ready' });
    return core.get(Resources).get(resourceId);
  }
  const approve = (approvalId: string) => core.get(Votes).vote({ approvalId, voter: lea, choice: 'yes' });
  const versionOf = async ({ id }: Resource) => (await core.get(Resources).get(id)).itemVersion;
  const limitOf = async ({ outputs }: Resource) =>
    asAdmin(core.database.serverUrl, async (admin) => {
      const text = 'select datconnlimit as n from pg_database where datname = $1';
      return (await admin.query<{ n: number }>(text, [String(outputs.database)])).rows[0]?.n;
    });
  const upgradesOf = async ({ id }: Resource) => {
    const [row] = await core.database.transactions.query<{ n: number }>(
      `select count(*)::integer as n from resource_operations where resource_id = $1 and kind = 'upgrade'`,
      [id],
    );
    return row?.n;
  };
  async function start(sizes = '1, rest', person = pia): Promise<Fleet> {
    const { item } = await fleets().outlook('postgres-database', person);
    const about = { itemName: item.name, itemDigest: item.digest, sizes, reason: 'more room', person };
    return fleets().start({ ...about, idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test' });
  }
  const stateOf = async ({ id }: Fleet) => (await fleets().find(id))?.state;
  const member = async ({ id }: Fleet, resource: Resource): Promise<FleetMember | undefined> =>
    (await fleets().members(id)).find(({ resourceId }) => resourceId === resource.id);
  /** On three replicas at once, until it is so. */
  async function carryOn(fleet: Fleet, isSo: (state: Fleet['state'] | undefined) => boolean | Promise<boolean>) {
    for (let n = 0; n < 400; n += 1) {
      await Promise.all([sweep(), sweep(), sweep()]);
      if (await isSo(await stateOf(fleet))) return;
      await new Promise((wake) => setTimeout(wake, 25));
    }
    throw new Error(`It never came true: ${JSON.stringify(await fleets().members(fleet.id))}`);
  }
  const isDone = (state: Fleet['state'] | undefined) => state === 'done';
  const trail = async ({ id }: Fleet) => (await core.get(Audit).trail({ kind: 'fleet', id })).map(({ type }) => type);
  const told = (key: string) =>
    core.database.transactions.query<{ data: { text: string } }>('select data from notices where key like $1', [key]);

  it('goes through development, staging and production in its waves, each once, with the approval that production wants', async () => {
    const [one, two, staging, production] = [
      await made(),
      await made(),
      await made('staging'),
      await made('production'),
    ];
    const version = await release(limit(7));
    const { affected } = await fleets().outlook('postgres-database', pia);
    expect(affected.map(({ lines, decision }) => [lines, decision.outcome])).toEqual([
      [12, 'allow'],
      [12, 'allow'],
      [12, 'allow'],
      [12, 'needs-approval'],
    ]);
    const fleet = await start('1, rest');
    expect((await fleets().members(fleet.id)).map(({ wave, environment }) => [wave, environment])).toEqual([
      [1, 'development'],
      [2, 'development'],
      [3, 'staging'],
      [4, 'production'],
    ]);
    const seen: number[] = [];
    await carryOn(fleet, async () => {
      const { wave = 0 } = (await fleets().find(fleet.id)) ?? {};
      seen.push(wave);
      const early = await Promise.all([one, two, staging].map(versionOf));
      // What is upgraded is always of an earlier wave, or of this one.
      if (wave < 2) expect(early.slice(1)).not.toContain(version);
      if (wave < 3) expect(early[2]).not.toBe(version);
      if (wave > 1) expect(early[0]).toBe(version);
      return (await member(fleet, production))?.operation?.state === 'awaiting-approval';
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await sweep();
    expect(await stateOf(fleet)).toBe('running');
    const [asked] = await core.database.transactions.query<{ approval_id: string }>(
      'select approval_id from resource_operations where resource_id = $1',
      [production.id],
    );
    await approve(asked?.approval_id ?? '');
    await carryOn(fleet, isDone);
    for (const resource of [one, two, staging, production]) {
      expect(await versionOf(resource)).toBe(version);
      expect(await limitOf(resource)).toBe(7);
      expect(await upgradesOf(resource)).toBe(1);
    }
    expect((await trail(fleet)).filter((type) => type !== 'fleet.member_done')).toEqual([
      'fleet.started',
      'fleet.wave_done',
      'fleet.wave_done',
      'fleet.wave_done',
      'fleet.done',
    ]);
    const [owner, ...others] = await told(`fleet-told:${fleet.id}:%`);
    expect(others).toEqual([]);
    expect(JSON.stringify(owner)).toContain('connection limit 5 → 7');
    expect(await told(`operation-done:%`)).toEqual([]);
  });

  it.each(['markTold', 'holdRunning', 'moveMember', 'nextWave', 'finish', 'members'] as const)(
    'loses nothing and does nothing twice when a replica dies at %s, however often',
    async (where) => {
      const resources = [await made(), await made(), await made('staging')];
      const version = await release(limit(7));
      const fleet = await start('1, rest');
      const store = core.get(FleetStore);
      const original = store[where].bind(store) as (...args: unknown[]) => Promise<unknown>;
      let deaths = 0;
      // Sometimes before it is written, sometimes after, inside of the transaction.
      const spy = jest.spyOn(store, where as 'members').mockImplementation(async (...args: unknown[]) => {
        deaths += 1;
        if (deaths <= DEATHS && deaths % 2 === 1) throw new Error('died before');
        const result = await original(...args);
        if (deaths <= DEATHS) throw new Error('died after');
        return result as never;
      });
      try {
        for (let n = 0; n < 400 && (await stateOf(fleet)) !== 'done'; n += 1) {
          await Promise.all([sweep(), sweep()]);
          await new Promise((wake) => setTimeout(wake, 25));
        }
      } finally {
        spy.mockRestore();
      }
      expect(deaths).toBeGreaterThanOrEqual(DEATHS);
      expect(await stateOf(fleet)).toBe('done');
      for (const resource of resources) {
        expect(await versionOf(resource)).toBe(version);
        expect(await upgradesOf(resource)).toBe(1);
      }
      expect((await trail(fleet)).filter((type) => type === 'fleet.wave_done')).toHaveLength(2);
      expect(await told(`fleet-told:${fleet.id}:%`)).toHaveLength(1);
    },
  );

  it('pauses at the first failure, is tried again, and goes on without what fails for good', async () => {
    const [bad, good] = [await made('development', 'bad'), await made('staging')];
    const version = await release(failing);
    const fleet = await start('1, rest');
    await carryOn(fleet, (state) => state === 'paused');
    const paused = await fleets().find(fleet.id);
    expect(paused?.pausedBecause).toMatch(/could not be upgraded: .*It was told to fail/);
    expect(await versionOf(good)).not.toBe(version);
    await sweep();
    expect(await upgradesOf(good)).toBe(0);
    await expect(fleets().resume(fleet.id, ada, true)).rejects.toMatchObject({ code: 'lifecycle.fleet_forbidden' });
    await fleets().resume(fleet.id, pia, true);
    await carryOn(fleet, (state) => state === 'paused');
    expect(await upgradesOf(bad)).toBe(2);
    expect(await limitOf(bad)).toBe(5);
    await fleets().resume(fleet.id, pia, false);
    await carryOn(fleet, isDone);
    expect(await member(fleet, bad)).toMatchObject({ state: 'failed' });
    expect(await versionOf(good)).toBe(version);
    await expect(fleets().resume(fleet.id, pia, true)).rejects.toMatchObject({ code: 'lifecycle.fleet_refused' });
    expect(await told(`fleet-paused-%:${fleet.id}`)).toHaveLength(2);
  });

  it('leaves out what its owner put off, until the day has come, which the owner is told', async () => {
    const [pinned, other] = [await made(), await made()];
    const version = await release(limit(8));
    const [pins, until] = [core.get(Pins), new Date(Date.now() + 3 * DAY)];
    const wish = { resourceId: pinned.id, person: ada, until, reason: 'The sale is on' };
    await expect(pins.pin({ ...wish, until: new Date(Date.now() + 31 * DAY) })).rejects.toMatchObject({
      code: 'lifecycle.pin_refused',
    });
    await expect(pins.pin({ ...wish, until: new Date(Date.now() - DAY) })).rejects.toMatchObject({
      code: 'lifecycle.pin_refused',
    });
    await expect(pins.pin({ ...wish, person: await core.person('sam') })).rejects.toMatchObject({
      code: 'resources.forbidden',
    });
    await pins.pin(wish);
    const { affected } = await fleets().outlook('postgres-database', pia);
    expect(affected.find(({ resourceId }) => resourceId === pinned.id)?.pin).toMatchObject({
      reason: 'The sale is on',
    });
    const fleet = await start('rest');
    await carryOn(fleet, async () => (await member(fleet, other))?.state === 'done');
    await sweep();
    expect(await member(fleet, pinned)).toMatchObject({ state: 'pinned' });
    expect(await stateOf(fleet)).toBe('running');
    await core.database.transactions.query(
      `update resource_pins set until = now() - interval '1 second' where resource_id = $1`,
      [pinned.id],
    );
    await carryOn(fleet, isDone);
    expect(await versionOf(pinned)).toBe(version);
    expect(await upgradesOf(pinned)).toBe(1);
    expect(await told(`pin-over:${pinned.id}:%`)).toHaveLength(1);
    const types = (await core.get(Audit).trail({ kind: 'resource', id: pinned.id })).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('resource.pin'))).toEqual(['resource.pinned', 'resource.pin_over']);
  });

  it('is put off while it runs, and let again by hand', async () => {
    const resource = await made('staging');
    await made();
    await release(limit(8));
    const fleet = await start('rest');
    const until = new Date(Date.now() + 3 * DAY);
    await core.get(Pins).pin({ resourceId: resource.id, person: ada, until, reason: 'Not today' });
    expect(await member(fleet, resource)).toMatchObject({
      state: 'pinned',
      detail: expect.stringMatching(/^until .*: Not today$/),
    });
    await core.get(Pins).lift(resource.id, ada);
    await expect(core.get(Pins).lift(resource.id, ada)).rejects.toMatchObject({ code: 'lifecycle.nothing_to_decide' });
    await carryOn(fleet, isDone);
    expect(await upgradesOf(resource)).toBe(1);
  });

  it('is one at a time, for those who may; stopped begins nothing more; a newer version pauses it', async () => {
    const resource = await made();
    await release(limit(8));
    await expect(fleets().outlook('postgres-database', ada)).rejects.toMatchObject({
      code: 'lifecycle.fleet_forbidden',
    });
    expect((await fleets().behind(pia)).map(({ item, count }) => [item.name, count])).toEqual([
      ['postgres-database', 1],
    ]);
    expect(await fleets().behind(ada)).toEqual([]);
    await expect(start('ten, rest')).rejects.toMatchObject({ code: 'lifecycle.fleet_refused' });
    const fleet = await start('rest');
    await expect(start('rest')).rejects.toMatchObject({ code: 'lifecycle.fleet_refused' });
    await fleets().stop(fleet.id, pia);
    await sweep();
    expect(await upgradesOf(resource)).toBe(0);
    const next = await start('rest');
    await release(limit(9));
    await sweep();
    expect(await fleets().find(next.id)).toMatchObject({
      state: 'paused',
      pausedBecause: expect.stringContaining('is not the newest version'),
    });
    expect(await upgradesOf(resource)).toBe(0);
  });

  it('leaves out what can’t be upgraded by itself and says why; what is gone or was upgraded by its owner is no failure', async () => {
    const [gone, other] = [await made(), await made()];
    await release((text) =>
      text
        .replace('required: [name, size]', 'required: [name, size, tier]')
        .replace('    contact:\n', '    tier:\n      type: string\n      title: Tier\n    contact:\n'),
    );
    const fleet = await start('rest');
    await core.database.transactions.query(`update resources set state = 'destroyed' where id = $1`, [gone.id]);
    await carryOn(fleet, isDone);
    expect(await member(fleet, gone)).toMatchObject({ state: 'skipped', detail: 'It is not in use any more.' });
    expect(await member(fleet, other)).toMatchObject({ state: 'skipped', detail: expect.stringContaining('Tier') });
  });
});
