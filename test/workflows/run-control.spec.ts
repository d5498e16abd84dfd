import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { Catalog } from '../../src/catalog/index.js';
import { ActionFailed, ActionRegistry, Runs } from '../../src/orchestrator/index.js';
import {
  HaltSweep,
  RequestControl,
  RequestForbidden,
  RequestMovedOn,
  type RequestRecord,
  Requests,
  SubmitRequest,
} from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import { Core } from '../builders/core.js';

jest.setTimeout(60_000);

describe('a request whose run is stopped or goes on', () => {
  let core: Core;
  let isBroken = false;
  beforeAll(async () => {
    core = await Core.start();
    const [registry, catalog] = [core.get(ActionRegistry), core.get(Catalog)];
    const [fail, get, find] = [
      registry.get('demo:fail'),
      registry.get.bind(registry),
      catalog.findVersion.bind(catalog),
    ];
    const broken = {
      ...fail,
      apply: () =>
        isBroken
          ? Promise.reject(new ActionFailed('The load balancer is full.', false))
          : Promise.resolve({ state: {}, output: { ok: true } }),
    };
    jest.spyOn(registry, 'get').mockImplementation((id) => (id === fail.id ? broken : get(id)));
    jest.spyOn(catalog, 'findVersion').mockImplementation(async (name, digest) => {
      const item = await find(name, digest);
      return item === null ? null : { ...item, onFailure: 'keep' };
    });
  });
  afterAll(() => core.stop());
  beforeEach(() => {
    isBroken = true;
  });

  const submit = async (parameters: Record<string, unknown> = {}) =>
    core.get(SubmitRequest).submit({
      person: await core.person('ada'),
      itemName: 'demo-service',
      teamId: 'payments',
      environment: 'development',
      parameters: { name: 'hello', ticks: 1, flakiness: 0, failAtEnd: false, ...parameters },
      reason: 'a test',
      leaseHours: 2,
      idempotencyKey: randomBytes(6).toString('hex'),
      traceId: 'trc-test',
      originChannelId: null,
    });
  const until = ({ id }: RequestRecord, state: RequestRecord['state']): Promise<RequestRecord> =>
    core.until(
      () => core.get(Requests).get(id),
      (request) => request.state === state,
    );
  const asAda = async ({ id }: RequestRecord) => ({ id, person: await core.person('ada') });
  const trail = async ({ id }: RequestRecord) =>
    (
      await core.database.transactions.query<{ type: string }>(
        `select type from audit_events where subject_id = $1 and type like 'request.%' order by sequence`,
        [id],
      )
    ).map(({ type }) => type);

  it('stops half-way and keeps what was made; goes on with the step that failed, and repeats nothing', async () => {
    const request = await until(await submit(), 'halted');
    expect(request.failure).toMatchObject({
      step: 'Finish',
      what: 'The load balancer is full.',
      undone: 'Kept for inspection: “Prepare”, “Connect to something that is flaky”, “Start”.',
    });
    expect(request.haltedUntil!.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect((await core.get(Resources).get(request.resourceId)).state).toBe('provisioning');

    isBroken = false;
    await core.get(RequestControl).retry(await asAda(request));
    const ready = await until(request, 'ready');
    expect(ready.runId).not.toBe(request.runId);
    const [first, second] = [await core.get(Runs).get(request.runId!), await core.get(Runs).get(ready.runId!)];
    expect(second.continuesRunId).toBe(first.id);
    expect(second.steps.map(({ attempts }) => attempts)).toEqual([0, 0, 0, 1]);
    expect(second.steps[0]?.idempotencyKey).toBe(first.steps[0]?.idempotencyKey);
    expect((await core.get(Resources).get(request.resourceId)).state).toBe('active');
    expect(await trail(request)).toEqual([
      'request.submitted',
      'request.provisioning_started',
      'request.halted',
      'request.retried',
      'request.ready',
    ]);
  });

  it('halts again when it fails again, and is rolled back by whoever asked for it', async () => {
    const request = await until(await submit(), 'halted');
    await core.get(RequestControl).retry(await asAda(request));
    const again = await core.until(
      () => core.get(Requests).get(request.id),
      ({ state, runId }) => state === 'halted' && runId !== request.runId,
    );
    await core.get(RequestControl).rollBack(await asAda(again));
    const failed = await until(request, 'failed');
    expect(failed.failure).toMatchObject({
      what: 'The load balancer is full.',
      undone: 'Rolled back: “Start”, “Connect to something that is flaky”, “Prepare”.',
    });
    expect((await core.get(Resources).get(request.resourceId)).state).toBe('failed');
  });

  it('is rolled back by itself when its time is over', async () => {
    const request = await until(await submit(), 'halted');
    await core.get(HaltSweep).tick();
    expect((await core.get(Requests).get(request.id)).state).toBe('halted');
    await core.database.transactions.query('update requests set halted_until = now() where id = $1', [request.id]);
    await Promise.all([core.get(HaltSweep).tick(), core.get(HaltSweep).tick()]);
    const failed = await until(request, 'failed');
    expect(failed.failure?.undone).toContain('Rolled back: “Start”');
    await expect(core.get(RequestControl).retry(await asAda(request))).rejects.toThrow(RequestMovedOn);
  });

  it('takes one of two clicks at the same time', async () => {
    const request = await until(await submit(), 'halted');
    isBroken = false;
    const wish = await asAda(request);
    const control = core.get(RequestControl);
    const clicks = await Promise.allSettled([control.retry(wish), control.rollBack(wish), control.retry(wish)]);
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await core.until(
      () => core.get(Requests).get(request.id),
      ({ state }) => state === 'ready' || state === 'failed',
    );
  });

  it('is no business of others', async () => {
    const request = await until(await submit(), 'halted');
    const wish = { id: request.id, person: await core.person('ben') };
    await expect(core.get(RequestControl).retry(wish)).rejects.toThrow(RequestForbidden);
    await expect(core.get(RequestControl).rollBack(wish)).rejects.toThrow(RequestForbidden);
    expect((await core.get(Requests).get(request.id)).state).toBe('halted');
  });

  it('is cancelled while a step is at work, and what was made is taken back', async () => {
    isBroken = false;
    const request = await submit({ ticks: 20 });
    const running = await core.until(
      () => core.get(Requests).get(request.id),
      ({ runId }) => runId !== null,
    );
    await core.until(
      () => core.get(Runs).get(running.runId!),
      ({ steps }) => steps[2]?.state === 'running',
    );
    await core.get(RequestControl).cancel(await asAda(request));
    await expect(core.get(RequestControl).cancel(await asAda(request))).rejects.toThrow(RequestMovedOn);
    const cancelled = await until(request, 'cancelled');
    expect(cancelled.failure?.what).toBe('It was cancelled by <@U0ADA>.');
    expect(cancelled.failure?.undone).toContain('“Prepare”');
    const { state, steps } = await core.get(Runs).get(running.runId!);
    expect(state).toBe('cancelled');
    expect(steps.map((step) => step.state)).toEqual(['compensated', 'compensated', 'failed', 'waiting']);
    expect((await core.get(Resources).get(request.resourceId)).state).toBe('failed');
  });

  it('says what a step printed in the thread of its card', async () => {
    isBroken = false;
    const request = await until(await submit({ ticks: 5 }), 'ready');
    const notices = await core.database.transactions.query<{ recipient: object; data: { text: string } }>(
      `select recipient, data from notices where key like $1 order by key`,
      [`step-output:${request.runId ?? ''}:%`],
    );
    expect(notices.map(({ recipient }) => recipient)).toEqual([
      { kind: 'thread', subject: { kind: 'request', id: request.id } },
      { kind: 'thread', subject: { kind: 'request', id: request.id } },
    ]);
    expect(notices[0]?.data.text.split('\n')).toHaveLength(5);
  });
});
