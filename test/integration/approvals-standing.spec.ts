import {
  type Approval,
  ApprovalSweep,
  Approvals,
  StandingApprovals,
  StandingVotes,
  Votes,
} from '../../src/approvals/index.js';
import { People } from '../../src/identity/index.js';
import { SubmitRequest } from '../../src/requests/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { idOf, RequestWorld } from '../builders/request-world.js';

describe('approving similar ones for a day', () => {
  let world: RequestWorld;
  let approvals: Approvals;
  let standing: StandingApprovals;
  beforeAll(async () => {
    world = await RequestWorld.open();
    approvals = world.get(Approvals);
    standing = world.get(StandingApprovals);
  });
  afterAll(() => world.close());
  // What waits still would use up what the next test agrees to.
  afterEach(async () => {
    await world.query(`update standing_approvals set state = 'revoked'`);
    await world.query(`update approvals set state = 'cancelled', decided_at = now() where state = 'waiting'`);
  });

  const ask = async (
    who = 'ada',
    parameters: JsonObject = { name: 'hello' },
    change: object = {},
  ): Promise<Approval> => {
    const wish = await world.wish(who, 'production', { parameters, ...change });
    const { approvalId } = await world.get(SubmitRequest).submit(wish);
    return approvals.get(approvalId!);
  };
  const press = async (approval: Approval, who: string) =>
    world.get(Votes).vote({ approvalId: approval.id, voter: await world.person(who), choice: 'yes' });
  const grant = async (approval: Approval, who: string, change: object = {}) =>
    standing.grant({
      approvalId: approval.id,
      person: await world.person(who),
      requesters: 'same',
      maxCount: 3,
      varying: ['name'],
      ...change,
    });
  /** lea approves one of ada's, and similar ones. */
  const agreed = async (change: object = {}) => {
    const first = await ask('ada', { name: 'first', ticks: 5 });
    await press(first, 'lea');
    return grant(first, 'lea', change);
  };
  const after = async (approval: Approval) => (await world.get(StandingVotes).give(approval.id))!;

  it('lets what is similar through, as often as was agreed, with everything written down', async () => {
    const { id } = await agreed();
    const similar = await after(await ask('ada', { name: 'second', ticks: 4 }));
    expect(similar).toMatchObject({
      state: 'approved',
      decidedBy: [idOf('lea')],
      votes: [{ via: 'standing', standingId: id }],
    });
    expect(await world.durable.of(similar.wakes.id)).toEqual(
      expect.arrayContaining([expect.objectContaining({ workflowId: similar.wakes.id })]),
    );
    const records = await world.records(similar.subject);
    expect(records.map(({ summary }) => summary)).toContainEqual(
      expect.stringMatching(new RegExp(`^agreed beforehand with ${id}, .* \\(1 of 3\\)$`)),
    );
    const told = await world.query(`select data from notices where key = $1`, [`standing-used:${id}:${similar.id}`]);
    expect(told).toHaveLength(1);
    expect(
      await world.trail({ kind: 'approval', id: (await standing.list(await world.person('lea')))[0]!.approvalId }),
    ).toEqual(['standing_approval.granted']);
  });

  it('counts never more than was agreed, however many come at once', async () => {
    await agreed({ maxCount: 3, requesters: 'team' });
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, n) => ask(n % 2 === 0 ? 'ada' : 'ben', { name: `n${n}`, ticks: 5 })),
    );
    const states = await Promise.all(
      asked.flatMap((one) => [
        after(one),
        after(one),
        world
          .get(ApprovalSweep)
          .tick()
          .then(() => null),
      ]),
    );
    const approved = new Set(states.filter((one) => one?.state === 'approved').map((one) => one?.id));
    expect(approved.size).toBe(3);
    const now = await Promise.all(asked.map(({ id }) => approvals.get(id)));
    expect(now.filter(({ state }) => state === 'approved')).toHaveLength(3);
  });

  it('lets nothing through that is more, or somebody else’s', async () => {
    await agreed();
    expect((await after(await ask('ada', { name: 'other', ticks: 6 }))).state).toBe('waiting');
    expect((await after(await ask('ada', { name: 'other', ticks: 5, failAtEnd: true }))).state).toBe('waiting');
    expect((await after(await ask('ada', { name: 'other', ticks: 5 }, { leaseHours: 5 }))).state).toBe('waiting');
    expect((await after(await ask('ben', { name: 'other', ticks: 5 }))).state).toBe('waiting');
    await agreed({ requesters: 'team' });
    expect((await after(await ask('ben', { name: 'other', ticks: 5 }))).state).toBe('approved');
    // Her own request is nobody's to approve beforehand.
    expect((await after(await ask('lea', { name: 'other', ticks: 5 }))).state).toBe('waiting');
  });

  it('lets what waits already through', async () => {
    const early = await ask('ada', { name: 'early', ticks: 5 });
    await agreed();
    await world.get(ApprovalSweep).tick();
    expect((await approvals.get(early.id)).state).toBe('approved');
  });

  it('ends after a day by the database’s clock, and when it is revoked', async () => {
    const { id } = await agreed();
    await world.query(`update standing_approvals set expires_at = now() where id = $1`, [id]);
    expect((await after(await ask('ada', { name: 'other', ticks: 5 }))).state).toBe('waiting');
    const other = await agreed();
    await expect(standing.revoke(other.id, await world.person('ada'))).rejects.toMatchObject({
      code: 'approvals.standing_refused',
    });
    await standing.revoke(other.id, await world.person('lou'));
    expect((await after(await ask('ada', { name: 'other', ticks: 5 }))).state).toBe('waiting');
    expect((await standing.list(await world.person('lea'))).map((one) => one.id)).not.toContain(other.id);
  });

  it('takes its votes back from what still waits when it is revoked', async () => {
    const { id } = await agreed();
    const waiting = await ask('ada', { name: 'other', ticks: 5 });
    const need = JSON.stringify(waiting.need).replace('"count":1', '"count":2');
    await world.query('update approvals set need = $2 where id = $1', [waiting.id, need]);
    expect(await after(waiting)).toMatchObject({ state: 'waiting', votes: [{ standingId: id }] });
    await standing.revoke(id, await world.person('lea'));
    expect(await approvals.get(waiting.id)).toMatchObject({ state: 'waiting', votes: [] });
  });

  it('counts for nothing from the moment it is revoked, though the replica died before it took the votes away', async () => {
    const { id } = await agreed();
    const waiting = await ask('ada', { name: 'other', ticks: 5 });
    const need = JSON.stringify(waiting.need).replace('"count":1', '"count":2');
    await world.query('update approvals set need = $2 where id = $1', [waiting.id, need]);
    await after(waiting);
    await world.query(`update standing_approvals set state = 'revoked' where id = $1`, [id]);
    expect(await approvals.get(waiting.id)).toMatchObject({ votes: [] });
    expect(await press(waiting, 'lou')).toMatchObject({ kind: 'counted', approval: { state: 'waiting' } });
    await world.get(ApprovalSweep).tick();
    expect(await world.query('select person_id from votes where approval_id = $1', [waiting.id])).toEqual([
      { person_id: idOf('lou') },
    ]);
    expect(await press(waiting, 'lea')).toMatchObject({ kind: 'decided' });
  });

  it('is no vote of somebody who left', async () => {
    await agreed();
    const lea = world.people.users.get(idOf('lea'))!;
    world.people.users.set(lea.id, { ...lea, deleted: true });
    expect((await after(await ask('ada', { name: 'other', ticks: 5 }))).state).toBe('waiting');
    world.people.users.set(lea.id, lea);
    await world.get(People).getFresh(lea.id);
  });

  it('is given by a lead, with their own vote, within bounds', async () => {
    const first = await ask('ada', { name: 'first' });
    await expect(grant(first, 'lea')).rejects.toMatchObject({ code: 'approvals.standing_refused' });
    await expect(grant(first, 'ben')).rejects.toMatchObject({ code: 'approvals.standing_refused' });
    await expect(grant(first, 'ada')).rejects.toMatchObject({ code: 'approvals.standing_refused' });
    await press(first, 'lea');
    await expect(grant(first, 'lou')).rejects.toMatchObject({ code: 'approvals.standing_refused' });
    await expect(grant(first, 'lea', { maxCount: 21 })).rejects.toMatchObject({ code: 'approvals.standing_refused' });
    await expect(grant(first, 'lea', { maxCount: 0 })).rejects.toMatchObject({ code: 'approvals.standing_refused' });
    expect(await grant(first, 'lea', { varying: ['name', 'ticks'] })).toMatchObject({ varying: ['name'] });
  });
});
