import { Approvals } from '../../src/approvals/index.js';
import {
  DraftGone,
  Drafts,
  InvalidParameters,
  PlanChanged,
  PlanImpossible,
  PreviewRequest,
  RequestControl,
  RequestForbidden,
  RequestMovedOn,
  RequestProgress,
  RequestRefused,
  Requests,
  type Submission,
  SubmitRequest,
} from '../../src/requests/index.js';
import { Resources } from '../../src/resources/index.js';
import { idOf, jitter, RequestWorld, unique } from '../builders/request-world.js';
import { ToldPlanner } from '../fakes/told-planner.js';

describe('submitting a request', () => {
  let world: RequestWorld;
  beforeAll(async () => {
    world = await RequestWorld.open();
  });
  afterAll(() => world.close());
  afterEach(() => {
    world.planner.changes = new ToldPlanner().changes;
    world.durable.down = false;
  });

  const submit = (submission: Submission) => world.get(SubmitRequest).submit(submission);
  const rows = async (table: 'requests' | 'resources' | 'approvals') =>
    Number((await world.query<{ n: string }>(`select count(*) as n from ${table}`))[0]!.n);
  const everything = async () => [await rows('requests'), await rows('resources'), await rows('approvals')];
  /** A form that was filled in and whose plan was looked at. */
  const draftOf = async ({ person, ...wish }: Submission) => {
    const { plan } = await world.get(PreviewRequest).preview({ ...wish, person });
    return world.get(Drafts).save(person.id, wish, plan.digest);
  };

  it('writes down request, resource, approval, workflow and audit event, or nothing at all', async () => {
    const before = await everything();
    world.durable.down = true;
    const wish = await world.wish('ada', 'production', { traceId: unique() });
    await expect(submit(wish)).rejects.toThrow('not launched');
    expect(await everything()).toEqual(before);

    world.durable.down = false;
    const request = await submit(wish);
    expect(await everything()).toEqual(before.map((n) => n + 1));
    expect(request).toMatchObject({ state: 'awaiting-approval', requesterId: idOf('ada'), teamId: 'payments' });
    expect(await world.get(Approvals).get(request.approvalId!)).toMatchObject({
      state: 'waiting',
      digest: request.plan.digest,
      wakes: {
        workflow: 'fulfil-request',
        id: `request:${request.id}:decided`,
        args: [request.id],
        queue: 'requests',
      },
      traceId: wish.traceId,
    });
    expect(await world.get(Resources).get(request.resourceId)).toMatchObject({
      state: 'provisioning',
      title: 'Demo hello',
      ownerId: idOf('ada'),
      leaseEndsAt: null,
    });
    expect(await world.durable.of(`request:${request.id}`)).toEqual([
      {
        kind: 'enqueued',
        workflowId: `request:${request.id}`,
        payload: { workflow: 'fulfil-request', args: [request.id] },
      },
    ]);
    const records = await world.records({ kind: 'request', id: request.id });
    expect(records.map((record) => record.type)).toEqual(['approval.asked', 'request.submitted']);
    expect(new Set(records.map((record) => record.traceId))).toEqual(new Set([wish.traceId]));
  });

  it('needs nobody in development', async () => {
    const request = await submit(await world.wish('ada', 'development'));
    expect(request).toMatchObject({ state: 'provisioning', approvalId: null });
  });

  it('answers a draft that is sent twice, even at once, with the first request', async () => {
    const wish = await world.wish('ada', 'production');
    const draftId = await draftOf(wish);
    const send = () => world.get(SubmitRequest).submitDraft({ draftId, person: wish.person, traceId: unique() });
    const before = await everything();
    const sent = await Promise.all([send(), send(), send()]);
    sent.push(await send());
    expect(new Set(sent.map((request) => request.id)).size).toBe(1);
    expect(new Set(sent.map((request) => request.approvalId))).toEqual(new Set([sent[0].approvalId]));
    expect(await everything()).toEqual(before.map((n) => n + 1));
    expect(await world.durable.of(`request:${sent[0].id}`)).toHaveLength(1);
  });

  it('keeps a draft to its person, and a key to its first sender', async () => {
    const wish = await world.wish('ada', 'development');
    const draftId = await draftOf(wish);
    const ben = await world.person('ben');
    const stolen = world.get(SubmitRequest).submitDraft({ draftId, person: ben, traceId: unique() });
    await expect(stolen).rejects.toThrow(DraftGone);
    await submit(wish);
    await expect(submit({ ...wish, person: ben })).rejects.toThrow(RequestForbidden);
  });

  it('refuses in the rule’s own words and keeps nothing but the audit event', async () => {
    const before = await everything();
    const wish = await world.wish('sam', 'development', { traceId: unique() });
    await expect(submit(wish)).rejects.toThrow(RequestRefused);
    await expect(submit(wish)).rejects.toThrow(/Only members of the owning team may request resources/);
    expect(await everything()).toEqual(before);
    const [record] = await world.records({ kind: 'person', id: idOf('sam') });
    expect(record).toMatchObject({
      type: 'request.refused',
      traceId: wish.traceId,
      data: { rules: expect.arrayContaining([{ rule: 'only-members-request', outcome: 'deny' }]) },
    });
  });

  it.each([
    ['an environment the item is not offered in', { environment: 'moon' }, RequestRefused],
    ['a team that does not exist', { teamId: 'nobody' }, RequestRefused],
  ])('refuses %s', async (_what, change, error) => {
    await expect(submit(await world.wish('ada', 'development', change))).rejects.toThrow(error);
  });

  it('names every field that needs another look, without its value', async () => {
    const wish = await world.wish('ada', 'development', {
      parameters: { name: 'Robert"; drop table', ticks: 99 },
      leaseHours: 500,
    });
    const refusal = await submit(wish).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidParameters);
    expect((refusal as InvalidParameters).errors.map((error) => error.field).sort()).toEqual([
      'lease',
      'name',
      'ticks',
    ]);
    expect((refusal as InvalidParameters).publicMessage).not.toContain('Robert');
    await expect(submit({ ...wish, parameters: { name: 'hello' } })).rejects.toThrow(/between 1 and 24 hours/);
  });

  it('refuses when the target is down, and keeps the draft for later', async () => {
    const wish = await world.wish('ada', 'development');
    const draftId = await draftOf(wish);
    const send = () => world.get(SubmitRequest).submitDraft({ draftId, person: wish.person, traceId: unique() });
    world.planner.cannot();
    await expect(send()).rejects.toThrow(PlanImpossible);
    await expect(send()).rejects.toThrow(/The target server does not answer/);
    world.planner.changes = new ToldPlanner().changes;
    expect((await send()).state).toBe('provisioning');
  });

  it('does not send another plan than the one that was looked at, and shows the new one', async () => {
    const wish = await world.wish('ada', 'development');
    const draftId = await draftOf(wish);
    const send = () => world.get(SubmitRequest).submitDraft({ draftId, person: wish.person, traceId: unique() });
    world.planner.changes = [{ ...world.planner.changes[0]!, kind: 'change', summary: 'It is there already' }];
    const changed = await send().catch((error: unknown) => error);
    expect(changed).toBeInstanceOf(PlanChanged);
    const { plan } = changed as PlanChanged;
    expect(plan.changes[0]!.summary).toBe('It is there already');
    await world.get(Drafts).setPlan(draftId, plan.digest);
    expect((await send()).plan.digest).toBe(plan.digest);
  });

  it('does not send a plan that nobody looked at', async () => {
    const { person, ...wish } = await world.wish('ada', 'development');
    const draftId = await world.get(Drafts).save(person.id, wish, null);
    const unseen = world.get(SubmitRequest).submitDraft({ draftId, person, traceId: unique() });
    await expect(unseen).rejects.toThrow(PlanChanged);
  });

  it('forgets drafts that are two days old', async () => {
    const wish = await world.wish('ada', 'development');
    const [old, fresh] = [await draftOf(wish), await draftOf(wish)];
    await world.query(`update request_drafts set updated_at = now() - interval '49 hours' where id = $1`, [old]);
    await world.get(Drafts).forgetOld();
    await expect(world.get(Drafts).get(old, wish.person.id)).rejects.toThrow(DraftGone);
    expect((await world.get(Drafts).get(fresh, wish.person.id)).itemName).toBe('demo-service');
  });
});

describe('a request on its way', () => {
  let world: RequestWorld;
  let progress: RequestProgress;
  beforeAll(async () => {
    world = await RequestWorld.open();
    progress = world.get(RequestProgress);
  });
  afterAll(() => world.close());

  const submitted = async (environment: string) =>
    world.get(SubmitRequest).submit(await world.wish('ada', environment));
  const cancel = async (id: string, who = 'ada') =>
    world.get(RequestControl).cancel({ id, person: await world.person(who) });

  it('gets its run once, however often its workflow repeats the step', async () => {
    const request = await submitted('development');
    let made = 0;
    const begin = () =>
      progress.startProvisioning(request.id, () => {
        made += 1;
        return Promise.resolve('run-00000001');
      });
    expect([await begin(), await begin()]).toEqual(['run-00000001', 'run-00000001']);
    expect(made).toBe(1);
  });

  it('is ready once: one notice, one event, and the resource in the same transaction', async () => {
    const request = await submitted('development');
    await progress.startProvisioning(request.id, () => Promise.resolve('run-00000001'));
    const fails = progress.markReady(request.id, () => Promise.reject(new Error('no resource')));
    await expect(fails).rejects.toThrow('no resource');
    expect((await world.get(Requests).get(request.id)).state).toBe('provisioning');

    const ready = () =>
      progress.markReady(request.id, (tx) =>
        world.get(Resources).activate(tx, request.resourceId, { outputs: {}, secretRef: null, runId: 'run-00000001' }),
      );
    await Promise.all([ready(), ready()]);
    await progress.markFailed(request.id, { step: null, what: 'Too late.', undone: '', next: '' });
    expect(await world.get(Requests).get(request.id)).toMatchObject({ state: 'ready', failure: null });
    expect((await world.get(Resources).get(request.resourceId)).state).toBe('active');
    expect(await world.notices(request.id)).toEqual(['request-ready']);
    const trail = await world.trail({ kind: 'request', id: request.id });
    expect(trail.filter((type) => type === 'request.ready')).toHaveLength(1);
  });

  it.each([
    ['denied', (id: string) => progress.markDenied(id, { reason: 'Not now.', by: [idOf('lou')] }), 'Not now.'],
    ['expired', (id: string) => progress.markExpired(id), 'Nobody who may approve it did so in time.'],
    [
      'failed',
      (id: string) => progress.markFailed(id, { step: 'Make it', what: 'It broke.', undone: '', next: '' }),
      'It broke.',
    ],
  ] as const)('ends %s once, says why, and leaves no resource', async (state, end, what) => {
    const request = await submitted('production');
    await end(request.id);
    await end(request.id);
    expect(await world.get(Requests).get(request.id)).toMatchObject({ state, failure: { what } });
    expect((await world.get(Resources).get(request.resourceId)).state).toBe('failed');
    expect(await world.notices(request.id)).toEqual([`request-${state}`]);
    expect((await world.trail({ kind: 'request', id: request.id })).at(-1)).toBe(`request.${state}`);
  });

  it('is cancelled by who asked for it while it waits, with its approval', async () => {
    const request = await submitted('production');
    await expect(cancel(request.id, 'ben')).rejects.toThrow(RequestForbidden);
    expect(await cancel(request.id)).toMatchObject({ state: 'cancelled' });
    expect((await world.get(Approvals).get(request.approvalId!)).state).toBe('cancelled');
    expect((await world.get(Resources).get(request.resourceId)).state).toBe('failed');
    expect((await world.durable.of(`request:${request.id}:decided`)).at(-1)).toMatchObject({
      payload: { args: [request.id, { outcome: 'cancelled' }] },
    });
    await expect(cancel(request.id)).rejects.toThrow(RequestMovedOn);
  });

  it('can’t be cancelled once it is made', async () => {
    const request = await submitted('development');
    await world.query(`update requests set state = 'ready', settled_at = now() where id = $1`, [request.id]);
    await expect(cancel(request.id)).rejects.toThrow(/can be destroyed there/);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'is either cancelled or made when both happen at once (seed %i)',
    async (seed) => {
      const request = await submitted('production');
      const cancelled = jitter(seed).then(() =>
        cancel(request.id).then(
          () => true,
          () => false,
        ),
      );
      const run = jitter(seed * 3).then(() =>
        progress.startProvisioning(request.id, () => Promise.resolve('run-00000001')),
      );
      const made = (await run) !== null;
      expect(await cancelled).toBe(!made);
      expect((await world.get(Requests).get(request.id)).state).toBe(made ? 'provisioning' : 'cancelled');
    },
  );

  it('is seen by its team and by nobody else', async () => {
    const request = await submitted('development');
    const seenBy = async (who: string) => world.get(Requests).getFor(request.id, await world.person(who));
    expect((await seenBy('ben')).id).toBe(request.id);
    world.people.add('eve');
    await expect(seenBy('eve')).rejects.toThrow(/no such request/);
    const latest = await world.get(Requests).listFor(await world.person('ada'), 1);
    expect(latest.map(({ id }) => id)).toEqual([request.id]);
  });
});
