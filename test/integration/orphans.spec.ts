import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { StepTemplate } from '../../src/catalog/index.js';
import type { Person } from '../../src/identity/index.js';
import { Orphans } from '../../src/lifecycle/index.js';
import { type NewRun, Runs } from '../../src/orchestrator/index.js';
import { Requests, SubmitRequest } from '../../src/requests/index.js';
import { type Resource, Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';
import { asAdmin } from '../builders/database.js';

jest.setTimeout(180_000);

describe('what is left behind of a failed step', () => {
  let core: Core;
  let pia: Person;
  let resource: Resource;
  beforeAll(async () => {
    core = await Core.start();
    pia = await core.person('pia');
    const { id, resourceId } = await core.get(SubmitRequest).submit({
      ...{ person: await core.person('ada'), itemName: 'postgres-database', teamId: 'payments' },
      ...{ environment: 'development', parameters: { name: aName() }, reason: '', leaseHours: 24 },
      ...{ idempotencyKey: aName(), traceId: 'test', originChannelId: null },
    });
    const ended = await core.until(
      () => core.get(Requests).get(id),
      ({ state }) => state !== 'provisioning',
    );
    expect(ended).toMatchObject({ state: 'ready' });
    resource = await core.get(Resources).get(resourceId);
  });
  afterAll(() => core.stop());

  const aName = () => `o${randomBytes(5).toString('hex')}`;
  const sql = (text: string, values: unknown[] = []) => core.database.transactions.query<{ id: string }>(text, values);
  const list = async () => (await core.get(Orphans).lookNow(pia)).orphans;
  const hasRole = async (name: string) =>
    asAdmin(core.database.serverUrl, async (admin) => {
      const { rows } = await admin.query('select 1 from pg_roles where rolname = $1', [name]);
      return rows.length > 0;
    });
  const step = (action: string, input: StepTemplate['with']): StepTemplate => ({
    ...{ name: 'extra', title: 'Something more', action, with: input },
    ...{ retry: { attempts: 1, backoffSeconds: 0 }, timeoutSeconds: 60 },
  });
  const aRole = (name: string) => step('postgres:role', { name, connectionLimit: 2 });

  /** A run that worked, or that is told to have failed and been undone though all of it is there: what a lost effect leaves. */
  async function ran(run: Pick<NewRun, 'subject' | 'kind' | 'steps'>, end: 'succeeded' | 'failed'): Promise<string> {
    const id = await core.database.transactions.run(async (tx) => {
      const scope = { resource: { id: resource.id, team: 'payments', environment: 'development' } };
      const made = await core.get(Runs).create(tx, { ...run, scope, traceId: 'test' });
      await core.durable.enqueue(tx, { workflow: 'execute-run', id: `run:${made}`, args: [made], queue: 'runs' });
      return made;
    });
    await core.until(
      () => core.get(Runs).get(id),
      ({ state }) => state === 'succeeded',
    );
    if (end === 'failed') {
      await sql(`update step_runs set state = 'compensated' where run_id = $1`, [id]);
      await sql(`update runs set state = 'failed' where id = $1`, [id]);
    }
    return id;
  }
  const onResource = () => ({ subject: { kind: 'resource', id: resource.id }, kind: 'operate' }) as const;
  async function inIncident(): Promise<{ subject: { kind: 'incident'; id: string }; kind: 'step' }> {
    const id = aName();
    await sql(
      `insert into incidents (id, idempotency_key, state, title, severity, declared_by, commander_id, trace_id)
       values ($1, $1, 'open', 'Orders refuses connections', 'sev2', 'U0BEN', 'U0BEN', 'test')`,
      [id],
    );
    return { subject: { kind: 'incident', id }, kind: 'step' };
  }

  it('of a day-2 operation is found on a resource that lives, and removed alone', async () => {
    const name = aName();
    const runId = await ran({ ...onResource(), steps: [aRole(name)] }, 'failed');
    expect(await list()).toEqual([
      expect.objectContaining({
        ...{ runId, origin: 'operation', subject: { kind: 'resource', id: resource.id } },
        things: [{ position: 0, step: 'Something more', detail: `role ${name} is there` }],
      }),
    ]);
    await core.get(Orphans).remove({ runId, person: pia, traceId: 'test' });
    await core.until(
      async () => (await core.get(Orphans).list()).orphans,
      (orphans) => orphans.length === 0,
    );
    expect(await hasRole(name)).toBe(false);
    expect(await core.get(Resources).get(resource.id)).toMatchObject({ state: 'active' });
  });

  it('is nobody’s orphan once the operation was done again and worked', async () => {
    const secret = step('vault:secret', { name: aName(), generate: { token: {} } });
    const failed = await ran({ ...onResource(), steps: [secret] }, 'failed');
    expect(await list()).toMatchObject([{ runId: failed }]);
    await ran({ ...onResource(), steps: [secret] }, 'succeeded');
    expect(await list()).toEqual([]);
  });

  it('of a playbook is found, also where it is about no resource', async () => {
    const name = aName();
    const incident = await inIncident();
    const runId = await ran({ ...incident, steps: [aRole(name)] }, 'failed');
    expect(await list()).toEqual([
      expect.objectContaining({
        ...{ runId, origin: 'playbook', resource: null, title: 'Orders refuses connections' },
        subject: incident.subject,
      }),
    ]);
    await core.get(Orphans).remove({ runId, person: pia, traceId: 'test' });
    await core.until(
      () => hasRole(name),
      (isThere) => !isThere,
    );
  });

  it('is no orphan of a playbook’s step that worked, until that could not be rolled back', async () => {
    const incident = await inIncident();
    const runId = await ran({ ...incident, steps: [aRole(aName())] }, 'succeeded');
    const playbook = aName();
    await sql(
      `insert into playbooks (id, incident_id, runbook_name, runbook_digest, state) values ($1, $2, 'x', 'x', 'in-use')`,
      [playbook, incident.subject.id],
    );
    await sql(
      `insert into playbook_steps (playbook_id, position, name, title, kind, reversible, state, run_id)
       values ($1, 0, 'extra', 'Something more', 'automated', true, 'done', $2)`,
      [playbook, runId],
    );
    expect(await list()).toEqual([]);
    await sql(`update playbook_steps set state = 'rollback-failed' where playbook_id = $1`, [playbook]);
    expect(await list()).toMatchObject([{ runId, origin: 'playbook' }]);
  });

  it('leaves the card while it is ignored, is listed apart, and comes back when asked or when its time is up', async () => {
    const orphans = core.get(Orphans);
    const [orphan] = await list();
    const decision = { runId: orphan?.runId ?? '', person: pia, traceId: 'test' };
    const ignoring = () => orphans.ignore({ ...decision, until: new Date(Date.now() + 86_400_000) });
    await ignoring();
    expect(await orphans.list()).toEqual({ orphans: [], ignored: 1 });
    expect(await orphans.ignored(pia)).toMatchObject([{ runId: decision.runId, ignoredBy: 'U0PIA' }]);
    await orphans.stopIgnoring(decision);
    await expect(orphans.stopIgnoring(decision)).rejects.toMatchObject({ code: 'lifecycle.nothing_to_decide' });
    expect(await orphans.list()).toMatchObject({ orphans: [{ ignoredUntil: null }], ignored: 0 });
    await ignoring();
    await sql(`update orphans set ignored_until = now() where run_id = $1`, [decision.runId]);
    await sql('delete from subject_marks');
    expect(await list()).toMatchObject([{ runId: decision.runId, ignoredUntil: null, ignoredBy: null }]);
    expect(await sql(`select subject_id as id from subject_marks where subject_kind = 'orphans'`)).toHaveLength(1);
    await expect(orphans.ignored(await core.person('ada'))).rejects.toMatchObject({
      code: 'lifecycle.orphans_forbidden',
    });
  });
});
