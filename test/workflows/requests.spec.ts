import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { Approvals, Votes } from '../../src/approvals/index.js';
import { Audit, SigningKey, verifyAudit } from '../../src/audit/index.js';
import { Transactions } from '../../src/platform/database/index.js';
import {
  PlanChanged,
  PreviewRequest,
  RequestControl,
  type RequestRecord,
  RequestRefused,
  Requests,
  SubmitRequest,
} from '../../src/requests/index.js';
import { LeaseSweep, Resources } from '../../src/resources/index.js';
import { SecretStore } from '../../src/secrets/index.js';
import { Core } from '../builders/core.js';
import { asAdmin } from '../builders/database.js';

const SETTLED = ['ready', 'failed', 'denied', 'expired', 'cancelled'];

describe('the way of a request', () => {
  let core: Core;
  beforeAll(async () => {
    core = await Core.start();
  });
  afterAll(() => core.stop());

  const unique = () => `t${randomBytes(4).toString('hex')}`;
  const wish = async (who: string, environment: string, more: Record<string, unknown> = {}) => ({
    person: await core.person(who),
    itemName: 'postgres-database',
    teamId: 'payments',
    environment,
    parameters: { name: unique(), size: 'small', extensions: ['citext'] } as Record<string, any>,
    reason: 'a test',
    leaseHours: 24,
    idempotencyKey: unique(),
    traceId: 'trc-test',
    originChannelId: null,
    ...more,
  });
  const settled = (id: string): Promise<RequestRecord> =>
    core.until(
      () => core.get(Requests).get(id),
      (request) => SETTLED.includes(request.state),
    );
  const databaseExists = (name: string) =>
    asAdmin(
      core.database.serverUrl,
      async (admin) => (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1,
    );

  it('makes a development database at once, with credentials that work, and takes it away again', async () => {
    const request = await core.get(SubmitRequest).submit(await wish('ada', 'development'));
    expect(request.state).toBe('provisioning');
    const done = await settled(request.id);
    expect(done.failure).toBeNull();
    expect(done.state).toBe('ready');

    const resource = await core.get(Resources).get(request.resourceId);
    expect(resource.state).toBe('active');
    const secret = await core.get(SecretStore).get(resource.secretRef ?? '');
    const client = new pg.Client({ connectionString: secret.url });
    await client.connect();
    await client.query("create table orders (id int, email citext); insert into orders values (1, 'A@b')");
    expect((await client.query("select id from orders where email = 'a@B'")).rows).toEqual([{ id: 1 }]);
    await client.end();

    await core
      .get(Resources)
      .requestDestroy({ resourceId: resource.id, person: await core.person('ada'), why: 'done' });
    await core.until(
      () => core.get(Resources).get(resource.id),
      (now) => now.state === 'destroyed',
    );
    expect(await databaseExists(String(resource.outputs.database))).toBe(false);
    await expect(core.get(SecretStore).get(resource.secretRef ?? '')).rejects.toThrow(/gone/);
  });

  it('waits in production for a lead who is not the requester, and is then made', async () => {
    const request = await core.get(SubmitRequest).submit(await wish('ada', 'production'));
    expect(request.state).toBe('awaiting-approval');
    const own = await core.get(Votes).vote({
      approvalId: request.approvalId!,
      voter: await core.person('ada'),
      choice: 'yes',
    });
    expect(own.kind).toBe('not-eligible');
    const peer = await core.get(Votes).vote({
      approvalId: request.approvalId!,
      voter: await core.person('ben'),
      choice: 'yes',
    });
    expect(peer.kind).toBe('not-eligible');
    await core.get(Votes).syncReactions(request.approvalId!, { yes: ['U0BEN', 'U0ADA', 'U0LEA'], no: [] });
    expect((await settled(request.id)).state).toBe('ready');
    const late = await core.get(Votes).vote({
      approvalId: request.approvalId!,
      voter: await core.person('lea'),
      choice: 'no',
      reason: 'too late',
    });
    expect(late.kind).toBe('settled');
  });

  it('is denied with the reason of the one who denied it, and leaves nothing', async () => {
    const request = await core.get(SubmitRequest).submit(await wish('ada', 'production'));
    await core.get(Votes).vote({
      approvalId: request.approvalId!,
      voter: await core.person('lea'),
      choice: 'no',
      reason: 'Use the one we have.',
    });
    const done = await settled(request.id);
    expect(done.state).toBe('denied');
    expect(done.failure?.what).toContain('Use the one we have.');
    expect((await core.get(Resources).get(request.resourceId)).state).toBe('failed');
  });

  it('refuses outsiders in the rule’s own words, and writes that down', async () => {
    const refused = core.get(SubmitRequest).submit(await wish('sam', 'development'));
    await expect(refused).rejects.toThrow(RequestRefused);
    await expect(refused).rejects.toThrow(/Only members of the owning team/);
    const trail = await core.get(Audit).trail({ kind: 'person', id: 'U0SAM' });
    expect(trail.map((event) => event.type)).toContain('request.refused');
  });

  it('answers a second sending with the first request', async () => {
    const submission = await wish('ada', 'development');
    const [first, second] = await Promise.all([
      core.get(SubmitRequest).submit(submission),
      core.get(SubmitRequest).submit(submission),
    ]);
    expect(second.id).toBe(first.id);
    await settled(first.id);
  });

  it('does not send another plan than the one that was looked at', async () => {
    const submission = await wish('ada', 'development');
    const { plan } = await core.get(PreviewRequest).preview(submission);
    const changed = { ...submission, leaseHours: 48 };
    await expect(core.get(SubmitRequest).submit(changed, plan.digest)).rejects.toThrow(PlanChanged);
  });

  it('is cancelled by its requester while it waits', async () => {
    const request = await core.get(SubmitRequest).submit(await wish('ada', 'production'));
    await core.get(RequestControl).cancel({ id: request.id, person: await core.person('ada') });
    expect((await core.get(Requests).get(request.id)).state).toBe('cancelled');
    expect((await core.get(Approvals).get(request.approvalId!)).state).toBe('cancelled');
  });

  it('tries a flaky step again', async () => {
    const request = await core.get(SubmitRequest).submit(
      await wish('ada', 'development', {
        itemName: 'demo-service',
        leaseHours: 2,
        parameters: { name: 'hello', ticks: 1, flakiness: 1, failAtEnd: false },
      }),
    );
    expect((await settled(request.id)).state).toBe('ready');
  });

  it('undoes what was made, in reverse, when a later step fails', async () => {
    const request = await core.get(SubmitRequest).submit(
      await wish('ada', 'development', {
        itemName: 'demo-service',
        leaseHours: 2,
        parameters: { name: 'hello', ticks: 1, flakiness: 0, failAtEnd: true },
      }),
    );
    const done = await settled(request.id);
    expect(done.state).toBe('failed');
    expect(done.failure).toMatchObject({
      step: 'Finish',
      undone: expect.stringContaining('“Start”, “Connect to something that is flaky”, “Prepare”'),
    });
  });

  it('destroys at the very end of a lease, once, however many sweeps run, and never one that was just extended', async () => {
    const requests = await Promise.all(
      Array.from({ length: 4 }, async () =>
        core.get(SubmitRequest).submit(
          await wish('ada', 'development', {
            itemName: 'demo-service',
            leaseHours: 2,
            parameters: { name: 'hello', ticks: 1, flakiness: 0, failAtEnd: false },
          }),
        ),
      ),
    );
    for (const request of requests) await settled(request.id);
    const ids = requests.map((request) => request.resourceId);
    await core.database.transactions.query(`update resources set lease_ends_at = now() where id = any($1)`, [ids]);
    const kept = await core.get(Resources).extend({ resourceId: ids[0]!, person: await core.person('ada') });
    const sweeps = await Promise.all([1, 2, 3].map(() => core.get(LeaseSweep).reap()));
    expect(sweeps.reduce((sum, n) => sum + n, 0)).toBe(3);
    for (const id of ids.slice(1))
      await core.until(
        () => core.get(Resources).get(id),
        (resource) => resource.state === 'destroyed',
      );
    expect((await core.get(Resources).get(kept.id)).state).toBe('active');
  });

  it('leaves a trail whose chains verify', async () => {
    const report = await verifyAudit(core.get(Transactions), core.app.get(SigningKey, { strict: false }));
    expect(report.findings).toEqual([]);
    expect(report.events).toBeGreaterThan(20);
  });
});
