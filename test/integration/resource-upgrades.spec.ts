import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import { Catalog } from '../../src/catalog/index.js';
import type { Person } from '../../src/identity/index.js';
import { DriftChecks, DriftDecisions, Operations, ResourceLives, Upgrading } from '../../src/lifecycle/index.js';
import { ContentRules } from '../../src/policy/index.js';
import { PreviewRequest, Requests, SubmitRequest } from '../../src/requests/index.js';
import { type Resource, Resources } from '../../src/resources/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { Core } from '../builders/core.js';
import { asAdmin } from '../builders/database.js';

jest.setTimeout(240_000);

const SCHEMA_STEP = `  - name: reporting
    title: Make a schema for reports
    action: postgres:schema
    with:
      database: \${{ steps.database.output.database }}
      schema: reporting
      owner: \${{ steps.role.output.role }}
    timeoutSeconds: 30
    retry: { attempts: 2, backoffSeconds: 0 }
`;
const NO_UPGRADES = `id: no-upgrades
version: 1.0.0
title: Not now
owner: platform
mode: enforce
effect: deny
on: [upgrade]
items: [postgres-database]
when: has(resource.kind) && resource.kind == item.kind && plan.alters > 0 && parameters.size == 'small'
message: Connection limits are settled until Friday.
remedy: Try again on Friday.
examples:
  - title: an upgrade that changes something
    given: { verb: upgrade, item: postgres-database, parameters: { name: orders }, plan: [{ kind: change }], resource: { id: res-1, kind: postgres-database, title: orders, ageHours: 5 } }
    expect: fires
  - title: a request
    given: { item: postgres-database, parameters: { name: orders } }
    expect: silent
`;
const FAILING_STEP = `  - name: fails
    title: Does not work
    action: demo:fail
    with: { when: true, message: "It was told to fail." }
    retry: { attempts: 1, backoffSeconds: 0 }
`;

describe('a living resource and newer versions of its item', () => {
  let core: Core;
  let ada: Person;
  let folder: string;
  let source: string;
  let minor = 3;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-upgrades-'));
    await cp('catalog', join(folder, 'catalog'), { recursive: true });
    core = await Core.start({ CATALOG_DIR: join(folder, 'catalog') });
    ada = await core.person('ada');
    source = await readFile(file(), 'utf8');
  });
  afterAll(async () => {
    await core.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => release((text) => text));

  const file = () => join(folder, 'catalog/items/postgres-database.yaml');
  const sql = <T>(text: string, database = 'postgres') =>
    asAdmin(core.database.serverUrl, async (admin) => (await admin.query(text)).rows as T[], database);

  /** A newer version of the item, which is the shipped one but for this. Its examples are about the shipped one. */
  async function release(change: (text: string) => string): Promise<string> {
    minor += 1;
    const [item = ''] = source.split('# Run by npm run catalog:test.');
    await writeFile(file(), change(item).replace(/^version: [\d.]+$/m, `version: 1.${minor}.0`));
    await core.get(Catalog).reload();
    expect(core.get(Catalog).problems()).toEqual([]);
    expect(core.get(Catalog).item('postgres-database').version).toBe(`1.${minor}.0`);
    return `1.${minor}.0`;
  }
  const limit = (to: number) => (text: string) => text.replaceAll('? 15 : 5 }}', `? 15 : ${to} }}`);
  const withCitext = (text: string) =>
    text.replace('extensions: ${{ params.extensions }}', "extensions: ${{ params.extensions + ['citext'] }}");
  const beforeCheck = (step: string) => (text: string) => text.replace('  - name: check\n', `${step}  - name: check\n`);
  const atTheEnd = (step: string) => (text: string) => text.replace('\noutputs:\n', `\n${step}\noutputs:\n`);

  async function made(): Promise<Resource> {
    const parameters = { name: `u${randomBytes(4).toString('hex')}` };
    const place = { teamId: 'payments', environment: 'development' };
    const wish = { person: ada, itemName: 'postgres-database', ...place, parameters, reason: '', leaseHours: 24 };
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
  const now = ({ id }: Resource) => core.get(Resources).get(id);
  const databaseOf = ({ outputs }: Resource) => String(outputs.database);
  const settled = async ({ id }: Resource) => {
    const life = await core.until(
      () => core.get(ResourceLives).find(id),
      (found) =>
        found?.lately[0] !== undefined && !['awaiting-approval', 'waiting', 'running'].includes(found.lately[0].state),
    );
    return life?.lately[0];
  };
  async function upgrade(resource: Resource, answers: JsonObject = {}) {
    const wish = { resourceId: resource.id, person: ada, answers };
    const { plan } = await core.get(Upgrading).preview(wish);
    const more = {
      planDigest: plan.digest,
      reason: '',
      idempotencyKey: randomBytes(8).toString('hex'),
      traceId: 'test',
    };
    await core.get(Upgrading).begin({ ...wish, ...more });
    return settled(resource);
  }
  async function destroyed(resource: Resource): Promise<void> {
    await core.get(Resources).requestDestroy({ resourceId: resource.id, person: ada, why: 'test' });
    const gone = await core.until(
      () => now(resource),
      ({ state }) => state !== 'destroying',
    );
    expect(gone).toMatchObject({ state: 'destroyed' });
    expect(await sql(`select 1 from pg_database where datname = '${databaseOf(resource)}'`)).toEqual([]);
    expect(await sql(`select 1 from pg_roles where rolname = '${String(resource.outputs.role)}'`)).toEqual([]);
  }
  const limitsOf = async (resource: Resource) => {
    const name = databaseOf(resource);
    const [row] = await sql<{ database: number; role: number }>(
      `select datconnlimit as database, (select rolconnlimit from pg_roles where rolname = '${String(resource.outputs.role)}') as role
       from pg_database where datname = '${name}'`,
    );
    return row;
  };
  const extensionsOf = async (resource: Resource) =>
    (await sql<{ name: string }>('select extname as name from pg_extension', databaseOf(resource))).map(
      ({ name }) => name,
    );
  const schemasOf = async (resource: Resource) =>
    (await sql<{ name: string }>('select nspname as name from pg_namespace', databaseOf(resource))).map(
      ({ name }) => name,
    );

  it('is judged by the rules on content as a request is, when its size changes and when it is upgraded', async () => {
    const resource = await made();
    const resize = (size: string) =>
      core.get(Operations).preview({
        resourceId: resource.id,
        name: 'resize',
        person: ada,
        parameters: { size },
        reason: 'more load is coming',
      });
    expect((await resize('medium')).decision.outcome).toBe('allow');
    const { decision, plan } = await resize('large');
    expect(decision).toMatchObject({
      outcome: 'needs-approval',
      approval: { describe: expect.stringMatching(/Platform/) },
    });
    expect(decision.reasons.map(({ rule }) => rule)).toContain('large-databases');
    const wish = { resourceId: resource.id, person: ada, reason: 'more load is coming', traceId: 'test' };
    const asked = await core.get(Operations).begin({
      ...wish,
      name: 'resize',
      parameters: { size: 'large' },
      planDigest: plan.digest,
      idempotencyKey: randomBytes(8).toString('hex'),
    });
    expect(asked.state).toBe('awaiting-approval');
    await core.database.transactions.query(`update resource_operations set state = 'denied' where id = $1`, [asked.id]);

    await release(limit(8));
    const rule = join(folder, 'catalog/policies/no-upgrades.yaml');
    await writeFile(rule, NO_UPGRADES);
    await core.get(ContentRules).reload();
    expect(core.get(ContentRules).problems()).toEqual([]);
    const refused = await core.get(Upgrading).preview({ ...wish, answers: {} });
    expect(refused.decision).toMatchObject({ outcome: 'deny' });
    const begun = {
      ...wish,
      answers: {},
      planDigest: refused.plan.digest,
      idempotencyKey: randomBytes(8).toString('hex'),
    };
    await expect(core.get(Upgrading).begin(begun)).rejects.toThrow('Connection limits are settled until Friday.');
    await rm(rule);
    await core.get(ContentRules).reload();
    expect(await upgrade(resource)).toMatchObject({ state: 'done' });
  });

  it('becomes what the new version asks for, with all that is in it; then the next, and nothing is left in the end', async () => {
    const resource = await made();
    await sql('create table kept (n int); insert into kept values (7)', databaseOf(resource));
    const rotate = { resourceId: resource.id, name: 'rotate-password', person: ada, parameters: {}, reason: '' };
    const { plan: rotation } = await core.get(Operations).preview(rotate);
    await core
      .get(Operations)
      .begin({ ...rotate, planDigest: rotation.digest, idempotencyKey: resource.id, traceId: 'test' });
    expect(await settled(resource)).toMatchObject({ state: 'done' });
    const { secretRef } = await now(resource);

    const next = await release((text) => beforeCheck(SCHEMA_STEP)(withCitext(limit(7)(text))));
    const { plan, differences, consumption } = await core
      .get(Upgrading)
      .preview({ resourceId: resource.id, person: ada, answers: {} });
    expect(plan.changes).toMatchObject([
      { step: 'role', kind: 'change', summary: expect.stringContaining('connection limit 5 → 7') },
      { step: 'database', kind: 'change', summary: expect.stringContaining('switches on citext') },
      { step: 'reporting', kind: 'create' },
      { step: 'check', kind: 'none' },
    ]);
    expect(differences?.some((line) => line.startsWith('+') && line.includes('reporting'))).toBe(true);
    expect(consumption?.quota).toMatchObject([{ before: 5, line: { unit: 'connections', wants: 7 } }]);
    expect(await upgrade(resource)).toMatchObject({
      state: 'done',
      kind: 'upgrade',
      title: `Upgrade to ${next}`,
      failure: null,
    });
    const upgraded = await now(resource);
    expect(upgraded).toMatchObject({ itemVersion: next, secretRef, state: 'active' });
    expect(upgraded.itemDigest).toBe(core.get(Catalog).item('postgres-database').digest);
    expect(upgraded.runId).not.toBe(resource.runId);
    expect(upgraded.outputs).toMatchObject({ database: databaseOf(resource) });
    expect(await limitsOf(resource)).toEqual({ database: 7, role: 7 });
    expect(await extensionsOf(resource)).toContain('citext');
    expect(await schemasOf(resource)).toContain('reporting');
    expect(await sql('select n from kept', databaseOf(resource))).toEqual([{ n: 7 }]);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same', differences: [] });
    const trail = await core.get(Audit).trail({ kind: 'resource', id: resource.id });
    expect(trail.filter(({ type }) => type === 'resource.upgraded')).toHaveLength(1);
    const leases = () =>
      core.database.transactions.query<{ amount: string }>(
        `select amount from quota_leases where holder_id = $1 and unit = 'connections' and state = 'held'`,
        [resource.id],
      );
    expect((await leases()).map(({ amount }) => Number(amount))).toEqual([7]);
    await expect(
      core.get(Upgrading).preview({ resourceId: resource.id, person: ada, answers: {} }),
    ).rejects.toMatchObject({
      code: 'lifecycle.operation_refused',
    });

    await release((text) => limit(6)(text));
    const second = await core.get(Upgrading).preview({ resourceId: resource.id, person: ada, answers: {} });
    expect(second.plan.changes.map(({ step, kind }) => [step, kind])).toEqual([
      ['role', 'change'],
      ['database', 'change'],
      ['check', 'none'],
      ['reporting', 'destroy'],
    ]);
    expect(await upgrade(resource)).toMatchObject({ state: 'done', failure: null });
    expect(await limitsOf(resource)).toEqual({ database: 6, role: 6 });
    expect(await extensionsOf(resource)).not.toContain('citext');
    expect(await schemasOf(resource)).not.toContain('reporting');
    expect(await sql('select n from kept', databaseOf(resource))).toEqual([{ n: 7 }]);
    expect((await leases()).map(({ amount }) => Number(amount))).toEqual([6]);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same', differences: [] });
    await sql(`alter database ${databaseOf(resource)} connection limit 50`);
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({
      differences: [{ fact: 'connection limit', expected: 6, found: 50 }],
    });
    await destroyed(resource);
  });

  it('is what it was when a step of the new version fails, also where somebody had changed and accepted it', async () => {
    const resource = await made();
    await sql(`alter database ${databaseOf(resource)} connection limit 9`);
    await core.get(DriftChecks).checkNow(resource.id, ada);
    await core.get(DriftDecisions).accept({ resourceId: resource.id, person: ada, reason: 'the import needs it' });
    await release((text) => atTheEnd(FAILING_STEP)(beforeCheck(SCHEMA_STEP)(withCitext(limit(7)(text)))));
    expect(await upgrade(resource)).toMatchObject({
      state: 'failed',
      failure: expect.stringMatching(/It was told to fail\. What it had changed was undone\./),
    });
    expect(await now(resource)).toMatchObject({
      itemVersion: resource.itemVersion,
      runId: resource.runId,
      parameters: resource.parameters,
      state: 'active',
    });
    expect(await limitsOf(resource)).toEqual({ database: 9, role: 5 });
    expect(await extensionsOf(resource)).not.toContain('citext');
    expect(await schemasOf(resource)).not.toContain('reporting');
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same' });
    const held = await core.database.transactions.query<{ amount: string }>(
      `select amount from quota_leases where holder_id = $1 and unit = 'connections' and state = 'held'`,
      [resource.id],
    );
    expect(held.map(({ amount }) => Number(amount))).toEqual([5]);
    await destroyed(resource);
  });

  it('keeps what was accepted of steps that the new version asks for in the same words', async () => {
    const resource = await made();
    await sql(`alter database ${databaseOf(resource)} connection limit 9`);
    await core.get(DriftChecks).checkNow(resource.id, ada);
    await core.get(DriftDecisions).accept({ resourceId: resource.id, person: ada, reason: 'the import needs it' });
    const first = SCHEMA_STEP.replace('name: reporting', 'name: early').replace('postgres:schema', 'demo:progress');
    const label = first.replace(/ {4}with:[\s\S]*?timeout/, '    with: { label: early, ticks: 1 }\n    timeout');
    await release((text) => text.replace('\nsteps:\n', `\nsteps:\n${label}`));
    expect(await upgrade(resource)).toMatchObject({ state: 'done' });
    expect(await limitsOf(resource)).toEqual({ database: 9, role: 5 });
    expect(await core.get(DriftChecks).checkNow(resource.id, ada)).toMatchObject({ state: 'same' });
  });

  it('is asked what the new version wants besides, and is left alone until it is answered', async () => {
    const resource = await made();
    await release((text) =>
      text
        .replace('required: [name, size]', 'required: [name, size, tier]')
        .replace(
          '    contact:\n',
          '    tier:\n      type: string\n      title: Tier\n      enum: [gold, silver]\n    contact:\n',
        ),
    );
    const wish = { resourceId: resource.id, person: ada, answers: {} };
    const preview = await core.get(Upgrading).preview(wish);
    expect(preview.missing).toMatchObject([{ field: 'tier', message: expect.stringContaining('Tier') }]);
    const more = { planDigest: preview.plan.digest, reason: '', idempotencyKey: 'asked', traceId: 'test' };
    await expect(core.get(Upgrading).begin({ ...wish, ...more })).rejects.toMatchObject({
      code: 'lifecycle.operation_refused',
    });
    expect(await upgrade(resource, { tier: 'gold' })).toMatchObject({ state: 'done' });
    expect((await now(resource)).parameters).toMatchObject({ tier: 'gold', name: resource.parameters.name });
  });

  it('can’t be upgraded in place to what would need another name, nor by somebody who may not', async () => {
    const resource = await made();
    await release((text) => text.replaceAll('params.name])', "params.name, 'x'])"));
    const wish = { resourceId: resource.id, person: ada, answers: {} };
    const { plan } = await core.get(Upgrading).preview(wish);
    expect(plan.changes[0]).toMatchObject({ kind: 'cannot', summary: expect.stringContaining('can’t be renamed') });
    const more = { planDigest: plan.digest, reason: '', idempotencyKey: 'named', traceId: 'test' };
    await expect(core.get(Upgrading).begin({ ...wish, ...more })).rejects.toMatchObject({
      code: 'lifecycle.operation_refused',
    });
    await expect(core.get(Upgrading).preview({ ...wish, person: await core.person('oli') })).resolves.toMatchObject({
      decision: { outcome: 'deny' },
    });
  });
});
