import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Approvals, Votes } from '../../src/approvals/index.js';
import { Drafts, PreviewRequest, type RequestRecord, Requests, SubmitRequest } from '../../src/requests/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { idOf, RequestWorld, unique } from '../builders/request-world.js';

/** One database for a team: whoever changes a request that waits holds it already. */
const QUOTAS = `
version: 1.0.0
units:
  - { id: databases, title: databases, limit: 1 }
  - { id: connections, title: connections, limit: 20 }
budgets:
  - { monthly: 1000 }
`;

describe('changing a request, or asking again', () => {
  let world: RequestWorld;
  beforeAll(async () => {
    world = await RequestWorld.open((dir) => writeFile(join(dir, 'quotas.yaml'), QUOTAS));
  });
  afterAll(() => world.close());
  afterEach(() => world.query('truncate quota_leases, quota_counters, cost_commitments, resources, requests cascade'));

  const wishOf = (parameters: JsonObject = {}) => ({
    itemName: 'postgres-database',
    teamId: 'payments',
    environment: 'production',
    parameters: { name: 'orders', size: 'small', extensions: [], ...parameters },
    reason: 'for the orders of the shop',
    leaseHours: 4,
    originChannelId: null,
  });
  const ask = async (parameters: JsonObject = {}): Promise<RequestRecord> => {
    const person = await world.person('ada');
    const more = { person, idempotencyKey: unique(), traceId: 'trc-test' };
    return world.get(SubmitRequest).submit({ ...wishOf(parameters), ...more });
  };
  /** A form that was filled in again and whose plan was looked at. */
  const changed = async (follows: string, parameters: JsonObject = {}, who = 'ada') => {
    const person = await world.person(who);
    const content = { ...wishOf(parameters), follows };
    const { plan } = await world.get(PreviewRequest).preview({ ...content, person });
    const draftId = await world.get(Drafts).save(person.id, content, plan.digest);
    return { plan, send: () => world.get(SubmitRequest).submitDraft({ draftId, person, traceId: 'trc-test' }) };
  };
  const vote = async ({ approvalId }: RequestRecord, who: string, choice: 'yes' | 'no' = 'yes') =>
    world.get(Votes).vote({ approvalId: approvalId!, voter: await world.person(who), choice, reason: 'because' });
  const approvalOf = ({ approvalId }: RequestRecord) => world.get(Approvals).get(approvalId!);
  const two = async ({ approvalId }: RequestRecord): Promise<void> => {
    await world.query(
      `update approvals set need = replace(need::text, '"count": 1', '"count": 2')::jsonb where id = $1`,
      [approvalId],
    );
  };

  it('voids every vote, and asks anew about the new arguments', async () => {
    const first = await ask();
    await two(first);
    expect(await vote(first, 'lea')).toMatchObject({ kind: 'counted' });
    const { send } = await changed(first.id, { size: 'medium' });
    const second = await send();
    expect(second).toMatchObject({ state: 'awaiting-approval', follows: first.id, parameters: { size: 'medium' } });
    expect(second.approvalId).not.toBe(first.approvalId);
    expect(await approvalOf(second)).toMatchObject({ state: 'waiting', votes: [], digest: second.plan.digest });
    // Whoever still sees the old card, with its button, changes nothing.
    expect(await vote(first, 'lou')).toMatchObject({ kind: 'settled' });
    expect(await approvalOf(first)).toMatchObject({
      state: 'cancelled',
      decidedBy: [],
      decidedReason: expect.stringMatching(/what was voted here is void/),
    });
    expect(await world.get(Requests).get(first.id)).toMatchObject({ state: 'cancelled' });
    expect(await world.get(Requests).successorOf(first.id)).toMatchObject({ id: second.id });
    expect(await world.trail({ kind: 'request', id: first.id })).toEqual(
      expect.arrayContaining(['approval.cancelled', 'request.changed']),
    );
    expect(await vote(second, 'lou')).toMatchObject({ kind: 'decided' });
  });

  it('takes over the quota of what it replaces, and nothing more', async () => {
    const first = await ask();
    const { plan, send } = await changed(first.id, { size: 'medium' });
    expect(plan.quota).toMatchObject([
      { unit: 'connections', held: 0, exceeded: false },
      { unit: 'databases', held: 0, exceeded: false },
    ]);
    await send();
    const held = await world.query<{ unit: string; held: string }>(
      'select unit, held::float8 as held from quota_counters order by unit',
    );
    expect(held).toEqual([
      { unit: 'connections', held: 15 },
      { unit: 'databases', held: 1 },
    ]);
    await expect(ask({ name: 'other' })).rejects.toMatchObject({ code: 'requests.refused' });
  });

  it('happens once, however often it is sent, and whoever else changes it', async () => {
    const first = await ask();
    const [one, other] = [await changed(first.id, { size: 'medium' }), await changed(first.id, { name: 'ledger' })];
    const sent = await Promise.allSettled([one.send(), one.send(), other.send(), other.send()]);
    const ids = new Set(sent.flatMap((result) => (result.status === 'fulfilled' ? [result.value.id] : [])));
    expect(ids.size).toBe(1);
    for (const result of sent)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: expect.stringMatching(/^requests\.(moved_on|refused)|^quota/) });
    const waiting = await world.query(`select id from requests where state = 'awaiting-approval'`);
    expect(waiting).toHaveLength(1);
  });

  it('is refused when nothing is different, to others, and when it is decided', async () => {
    const first = await ask();
    const same = await changed(first.id);
    await expect(same.send()).rejects.toMatchObject({
      code: 'requests.moved_on',
      publicMessage: expect.stringMatching(/^Nothing is different/),
    });
    expect(await approvalOf(first)).toMatchObject({ state: 'waiting' });
    const foreign = await changed(first.id, { size: 'medium' }, 'ben');
    await expect(foreign.send()).rejects.toMatchObject({ code: 'requests.forbidden' });
    const late = await changed(first.id, { size: 'medium' });
    await world.query(`update requests set state = 'provisioning' where id = $1`, [first.id]);
    await expect(late.send()).rejects.toMatchObject({ code: 'requests.moved_on' });
    expect(await world.query(`select id from requests`)).toHaveLength(1);
  });

  it.each(['denied', 'expired'])('leaves what was %s as it is, and asks anew', async (state) => {
    const first = await ask();
    await world.query(`update requests set state = $2, settled_at = now() where id = $1`, [first.id, state]);
    await world.query(`update resources set state = 'failed' where id = $1`, [first.resourceId]);
    await world.query('truncate quota_leases, quota_counters');
    const { send } = await changed(first.id, { size: 'medium' });
    const second = await send();
    expect(second).toMatchObject({ state: 'awaiting-approval', follows: first.id, requesterId: idOf('ada') });
    expect(await world.get(Requests).get(first.id)).toMatchObject({ state });
  });
});
