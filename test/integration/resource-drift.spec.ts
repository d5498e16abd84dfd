import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import type { Person } from '../../src/identity/index.js';
import {
  DriftChecks,
  DriftDecisions,
  DriftSweep,
  Operations,
  Reconciling,
  ResourceLives,
} from '../../src/lifecycle/index.js';
import { PreviewRequest, Requests, SubmitRequest } from '../../src/requests/index.js';
import { type Resource, Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';
import { asAdmin } from '../builders/database.js';

jest.setTimeout(180_000);

describe('what happens to a living resource', () => {
  let core: Core;
  let ada: Person;
  beforeAll(async () => {
    core = await Core.start();
    ada = await core.person('ada');
  });
  afterAll(() => core.stop());

  const sql = <T>(text: string, database = 'postgres') =>
    asAdmin(core.database.serverUrl, async (admin) => (await admin.query(text)).rows as T[], database);
  const limitOf = async (database: string) =>
    (await sql<{ limit: number }>(`select datconnlimit as limit from pg_database where datname = '${database}'`))[0]
      ?.limit;
  const life = async (id: string) => {
    const found = await core.get(ResourceLives).find(id);
    if (found === null) throw new Error('gone');
    return found;
  };
  const trail = (id: string) => core.get(Audit).trail({ kind: 'resource', id });
  const settled = (id: string) =>
    core.until(
      async () => (await life(id)).lately[0],
      (one) => one !== undefined && !['awaiting-approval', 'waiting', 'running'].includes(one.state),
    );

  async function made(itemName: string, parameters: Record<string, string>): Promise<Resource> {
    const wish = {
      person: ada,
      itemName,
      teamId: 'payments',
      environment: 'development',
      parameters,
      reason: '',
      leaseHours: 24,
    };
    await core.get(PreviewRequest).preview(wish);
    const more = { idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test', originChannelId: null };
    const { id, resourceId } = await core.get(SubmitRequest).submit({ ...wish, ...more });
    const ended = await core.until(
      () => core.get(Requests).get(id),
      ({ state }) => state !== 'provisioning',
    );
    expect(ended).toMatchObject({ state: 'ready' });
    return core.get(Resources).get(resourceId);
  }
  const aDatabase = () => made('postgres-database', { name: `d${randomBytes(4).toString('hex')}` });
  const databaseOf = ({ outputs }: Resource) => String(outputs.database);

  it('is compared: what somebody changed by hand is told, and Reconcile brings it back', async () => {
    const resource = await aDatabase();
    const database = databaseOf(resource);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({
      state: 'same',
      differences: [],
      failure: null,
    });
    await sql(`alter database ${database} connection limit 50`);
    const drift = await core.get(DriftChecks).checkNow(resource.id, ada);
    expect(drift).toMatchObject({
      state: 'changed',
      differences: [{ fact: 'connection limit', expected: 5, found: 50 }],
    });
    await core.get(Reconciling).begin({ resourceId: resource.id, person: ada, traceId: 'test' });
    expect(await settled(resource.id)).toMatchObject({ state: 'done', kind: 'reconcile' });
    expect(await limitOf(database)).toBe(5);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same' });
    const types = (await trail(resource.id)).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['resource.drifted', 'resource.operation_asked', 'resource.reconciled']),
    );
  });

  it('is expected as it is once somebody accepted it, and not told of while it is ignored', async () => {
    const resource = await aDatabase();
    const database = databaseOf(resource);
    const [checks, decisions] = [core.get(DriftChecks), core.get(DriftDecisions)];
    await sql(`alter database ${database} connection limit 7`);
    await checks.checkNow(resource.id, ada);
    await decisions.ignore({ resourceId: resource.id, person: ada, until: new Date(Date.now() + 86_400_000) });
    expect((await checks.checkNow(resource.id, ada)).ignoredUntil).not.toBeNull();
    await sql(`alter database ${database} connection limit 8`);
    expect((await checks.checkNow(resource.id, ada)).ignoredUntil).toBeNull();
    await decisions.accept({ resourceId: resource.id, person: ada, reason: 'the import needs it' });
    expect(await checks.checkNow(resource.id, ada)).toMatchObject({ state: 'same' });
    await sql(`alter database ${database} connection limit 5`);
    expect(await checks.checkNow(resource.id, ada)).toMatchObject({ differences: [{ expected: 8, found: 5 }] });
    await expect(
      decisions.accept({ resourceId: resource.id, person: await core.person('oli'), reason: 'x' }),
    ).rejects.toMatchObject({
      code: 'resources.forbidden',
    });
  });

  it('is missing in words when it is gone, can’t be accepted then, and is made again', async () => {
    const resource = await aDatabase();
    const database = databaseOf(resource);
    await sql(`drop database ${database} with (force)`);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({
      state: 'missing',
      differences: [{ fact: null, detail: `database ${database} is not there, or not ours` }],
    });
    await expect(
      core.get(DriftDecisions).accept({ resourceId: resource.id, person: ada, reason: 'gone' }),
    ).rejects.toMatchObject({ code: 'lifecycle.cannot_decide_so' });
    await core.get(Reconciling).begin({ resourceId: resource.id, person: ada, traceId: 'test' });
    expect(await settled(resource.id)).toMatchObject({ state: 'done' });
    expect(await limitOf(database)).toBe(5);
  });

  it('that can’t be read has not drifted: what was known stays, and why is said', async () => {
    const resource = await aDatabase();
    await core.get(DriftChecks).checkNow(resource.id, ada);
    const broken = { action: 'postgres:no-such-action', runId: resource.runId };
    await core.database.transactions.query('update step_runs set action = $1 where run_id = $2 and position = 1', [
      broken.action,
      broken.runId,
    ]);
    const drift = await core.get(DriftChecks).checkNow(resource.id, ada);
    expect(drift).toMatchObject({ state: 'same', differences: [] });
    expect(drift.failure).toContain('is not installed here');
    expect((await trail(resource.id)).map(({ type }) => type)).not.toContain('resource.drifted');
  });

  it('is looked at in its turn, once, by however many replicas', async () => {
    const all = await Promise.all([aDatabase(), aDatabase()]);
    const sweep = core.get(DriftSweep);
    await sweep.run();
    await core.database.transactions.query(
      "update resource_checks set next_check_at = now() + interval '1 hour', claimed_until = null",
    );
    await core.database.transactions.query(
      "update resource_checks set next_check_at = now() - interval '1 second' where resource_id = any($1)",
      [all.map(({ id }) => id)],
    );
    const looked = await Promise.all([sweep.run(), sweep.run(), sweep.run()]);
    expect(looked.reduce((sum, n) => sum + n, 0)).toBe(2);
    for (const { id } of all) expect((await life(id)).drift).toMatchObject({ state: 'same' });
    const [{ early } = { early: 0 }] = await core.database.transactions.query<{ early: number }>(
      `select count(*)::integer as early from resource_checks where resource_id = any($1) and next_check_at < now() + interval '50 minutes'`,
      [all.map(({ id }) => id)],
    );
    expect(early).toBe(0);
  });

  it('is changed by an operation of its item, which is expected from then on, with its quota', async () => {
    const resource = await aDatabase();
    const database = databaseOf(resource);
    const operations = core.get(Operations);
    const wish = { resourceId: resource.id, name: 'resize', person: ada, parameters: { size: 'medium' }, reason: '' };
    const { plan, decision } = await operations.preview(wish);
    expect(decision.outcome).toBe('allow');
    expect(plan.changes).toMatchObject([{ kind: 'change', summary: `Connection limit of ${database}: 5 → 15` }]);
    const click = { ...wish, planDigest: plan.digest, idempotencyKey: 'click-1', traceId: 'test' };
    const [one, other] = await Promise.all([operations.begin(click), operations.begin(click)]);
    expect(one.id).toBe(other.id);
    expect(await settled(resource.id)).toMatchObject({ state: 'done', name: 'resize' });
    expect(await limitOf(database)).toBe(15);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same' });
    expect((await core.get(Resources).get(resource.id)).parameters).toMatchObject({ size: 'medium' });
    const [lease] = await core.database.transactions.query<{ amount: string }>(
      `select amount from quota_leases where holder_id = $1 and unit = 'connections'`,
      [resource.id],
    );
    expect(Number(lease?.amount)).toBe(15);
    await expect(operations.preview({ ...wish, parameters: { size: 'huge' } })).rejects.toMatchObject({
      code: 'lifecycle.operation_refused',
    });
    const outsider = await operations.preview({
      ...wish,
      person: await core.person('oli'),
      parameters: { size: 'small' },
    });
    expect(outsider.decision.outcome).toBe('deny');
  });

  it('has a new password after its rotation, and leaves nothing behind when it is destroyed', async () => {
    const resource = await aDatabase();
    const operations = core.get(Operations);
    const wish = { resourceId: resource.id, name: 'rotate-password', person: ada, parameters: {}, reason: '' };
    const { plan } = await operations.preview(wish);
    await operations.begin({ ...wish, planDigest: plan.digest, idempotencyKey: 'click-2', traceId: 'test' });
    expect(await settled(resource.id)).toMatchObject({ state: 'done' });
    const now = await core.get(Resources).get(resource.id);
    expect(now.secretRef).not.toBe(resource.secretRef);
    expect(now.secretRef).toContain('-rotated-');
    await core.get(Resources).requestDestroy({ resourceId: resource.id, person: ada, why: 'test' });
    const gone = await core.until(
      () => core.get(Resources).get(resource.id),
      ({ state }) => state !== 'destroying',
    );
    expect(gone).toMatchObject({ state: 'destroyed' });
    expect(await limitOf(databaseOf(resource))).toBeUndefined();
    const roles = await sql(`select 1 from pg_roles where rolname = '${String(resource.outputs.role)}'`);
    expect(roles).toEqual([]);
  });
});
