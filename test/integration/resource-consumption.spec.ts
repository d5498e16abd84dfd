import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import { Votes } from '../../src/approvals/index.js';
import type { Person } from '../../src/identity/index.js';
import {
  OperationControl,
  type OperationRun,
  Operations,
  ResourceLives,
  reasonWanted,
} from '../../src/lifecycle/index.js';
import { Budgets, Governance, Showbacks } from '../../src/quotas/index.js';
import { PreviewRequest, Requests, SubmitRequest } from '../../src/requests/index.js';
import { type Resource, Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(180_000);

const HOURS_A_MONTH = 730;
/** By catalog/prices.yaml. */
const monthly = (connections: number): number => 9.5 + 0.58 * connections;
const WHY = 'The import of the year needs it.';

describe('what a living resource takes and costs', () => {
  let folder: string;
  let core: Core;
  let ada: Person;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-consumption-'));
    await cp('catalog', folder, { recursive: true });
    core = await Core.start({ CATALOG_DIR: folder });
    ada = await core.person('ada');
  });
  afterAll(async () => {
    await core.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const query = <T>(text: string, values: readonly unknown[] = []) => core.database.transactions.query<T>(text, values);
  const committed = async (): Promise<number> => (await core.get(Budgets).standing('payments'))?.committed ?? 0;
  const connections = async ({ id }: Resource): Promise<number> => {
    const [lease] = await query<{ amount: string }>(
      `select amount from quota_leases where holder_id = $1 and unit = 'connections' and state = 'held'`,
      [id],
    );
    return Number(lease?.amount ?? 0);
  };
  /** Money a month of each part of its life that has cost or costs something, the oldest first. */
  const parts = async ({ id }: Resource): Promise<number[]> => {
    const rows = await query<{ hourly: string }>(
      'select hourly from cost_commitments where resource_id = $1 and started_at is not null order by part',
      [id],
    );
    return rows.map(({ hourly }) => Math.round(Number(hourly) * HOURS_A_MONTH * 100) / 100);
  };

  async function made(): Promise<Resource> {
    const wish = {
      person: ada,
      itemName: 'postgres-database',
      teamId: 'payments',
      environment: 'development',
      parameters: { name: `c${randomBytes(4).toString('hex')}` },
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

  const sizing = ({ id }: Resource, size: string, reason = WHY) => ({
    resourceId: id,
    name: 'resize',
    person: ada,
    parameters: { size },
    reason,
  });
  async function resize(resource: Resource, size: string): Promise<OperationRun> {
    const wish = sizing(resource, size);
    const { plan } = await core.get(Operations).preview(wish);
    const click = { planDigest: plan.digest, idempotencyKey: randomBytes(8).toString('hex'), traceId: 'test' };
    return core.get(Operations).begin({ ...wish, ...click });
  }
  const settled = ({ id }: Resource) =>
    core.until(
      async () => (await core.get(ResourceLives).find(id))?.lately[0],
      (one) => one !== undefined && !['awaiting-approval', 'waiting', 'running'].includes(one.state),
    );
  async function destroyed({ id }: Resource): Promise<void> {
    await core.get(Resources).requestDestroy({ resourceId: id, person: ada, why: 'test' });
    await core.until(
      () => core.get(Resources).get(id),
      ({ state }) => state === 'destroyed',
    );
  }

  it('follows its size up and down, a part of its life at a time, and is one resource in the month', async () => {
    const before = await committed();
    const resource = await made();
    const small = await committed();
    expect(small).toBeGreaterThan(before);
    const { consumption } = await core.get(Operations).preview(sizing(resource, 'medium'));
    expect(consumption).toMatchObject({
      quota: [{ before: 5, line: { unit: 'connections', wants: 15 } }],
      reasons: [],
    });
    expect(consumption?.after.cost.monthly).toBeCloseTo(monthly(15), 1);
    expect(consumption?.budget?.adds).toBeGreaterThan(0);

    await resize(resource, 'medium');
    expect(await settled(resource)).toMatchObject({ state: 'done' });
    expect(await parts(resource)).toEqual([monthly(5), monthly(15)]);
    expect(await connections(resource)).toBe(15);
    const medium = await committed();
    expect((medium - before) / (small - before)).toBeCloseTo(monthly(15) / monthly(5), 1);

    await resize(resource, 'small');
    expect(await settled(resource)).toMatchObject({ state: 'done' });
    expect(await parts(resource)).toEqual([monthly(5), monthly(15), monthly(5)]);
    expect(await connections(resource)).toBe(5);
    expect(await committed()).toBeCloseTo(small, 0);
    const { rows } = await core.get(Showbacks).month(['payments']);
    expect(rows).toMatchObject([{ itemName: 'postgres-database', resources: 1 }]);

    await query(
      `update cost_commitments set started_at = started_at - interval '1 hour' where resource_id = $1 and part = 0`,
      [resource.id],
    );
    await destroyed(resource);
    expect(await connections(resource)).toBe(0);
    const [row] = await query<{ states: string[] }>(
      'select array_agg(distinct state) as states from cost_commitments where resource_id = $1',
      [resource.id],
    );
    expect(row?.states).toEqual(['ended']);
  });

  it('is what it was when the change is denied, or does not work: nothing stays taken', async () => {
    const resource = await made();
    const small = await committed();
    const asked = await resize(resource, 'large');
    expect(asked.state).toBe('awaiting-approval');
    // What was asked for is kept for it.
    expect(await connections(resource)).toBe(40);
    expect(await committed()).toBeGreaterThan(small);
    const [approval] = await query<{ approval_id: string }>(
      'select approval_id from resource_operations where id = $1',
      [asked.id],
    );
    await core.get(Votes).vote({
      approvalId: approval?.approval_id ?? '',
      voter: await core.person('pia'),
      choice: 'no',
      reason: 'Not this week.',
    });
    expect(await settled(resource)).toMatchObject({ state: 'denied' });
    expect(await connections(resource)).toBe(5);
    expect(await committed()).toBeCloseTo(small, 1);

    const other = new pg.Client({ connectionString: `${core.database.serverUrl}/postgres` });
    await other.connect();
    await other.query('begin');
    await other.query(`alter database ${String(resource.outputs.database)} connection limit 5`);
    await resize(resource, 'medium');
    await core.until(
      async () => (await core.get(ResourceLives).find(resource.id))?.lately[0],
      (one) => one?.state === 'running',
    );
    expect(await connections(resource)).toBe(15);
    await core.get(OperationControl).cancel({ resourceId: resource.id, person: ada });
    await other.query('rollback');
    await other.end();
    expect(await settled(resource)).toMatchObject({ state: 'failed', failure: expect.stringContaining('Cancelled') });
    expect(await connections(resource)).toBe(5);
    expect(await parts(resource)).toEqual([monthly(5)]);
    expect(await committed()).toBeCloseTo(small, 1);
    await destroyed(resource);
  });

  it('is held against quota and budget, and has to be justified, as a request would be', async () => {
    const resource = await made();
    const unjustified = await core.get(Operations).preview(sizing(resource, 'large', ''));
    expect(unjustified.decision.outcome).toBe('deny');
    expect(reasonWanted(unjustified.consumption)).toMatch(/^Why: write in a sentence .* about 32\.70 € a month/);
    expect((await core.get(Operations).preview(sizing(resource, 'large'))).decision.outcome).toBe('needs-approval');

    const file = join(folder, 'quotas.yaml');
    const shipped = await readFile(file, 'utf8');
    await writeFile(file, shipped.replace('{ team: payments, monthly: 400', '{ team: payments, monthly: 0.4'));
    await core.get(Governance).reload();
    const tooDear = await core.get(Operations).preview(sizing(resource, 'medium'));
    expect(tooDear.decision).toMatchObject({ outcome: 'deny' });
    expect(tooDear.decision.reasons.map(({ rule }) => rule)).toContain('budget');
    await expect(resize(resource, 'medium')).rejects.toThrow(/This goes beyond the budget of/);

    await writeFile(file, shipped.replace('{ databases: 10, connections: 120 }', '{ databases: 10, connections: 12 }'));
    await core.get(Governance).reload();
    const tooMuch = await core.get(Operations).preview(sizing(resource, 'medium'));
    expect(tooMuch.decision.reasons.map(({ rule }) => rule)).toContain('quota:connections');
    await expect(resize(resource, 'medium')).rejects.toThrow(/There is not enough left/);
    expect(await connections(resource)).toBe(5);

    // Who is over the limit already may still become smaller, or do what changes nothing of it.
    await writeFile(file, shipped.replace('{ databases: 10, connections: 120 }', '{ databases: 10, connections: 1 }'));
    await core.get(Governance).reload();
    expect((await core.get(Operations).preview(sizing(resource, 'small'))).decision.outcome).toBe('allow');
    await writeFile(file, shipped);
    await core.get(Governance).reload();
    await destroyed(resource);
  });
});
