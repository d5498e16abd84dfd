import {
  type Approval,
  ApprovalSweep,
  Approvals,
  CastVoteSweep,
  ReasonWanted,
  VoteKept,
  Votes,
} from '../../src/approvals/index.js';
import type { SubjectRef } from '../../src/platform/changes/index.js';
import type { Json } from '../../src/shared/index.js';
import { idOf, jitter, RequestWorld, unique } from '../builders/request-world.js';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

describe('votes on an approval', () => {
  let world: RequestWorld;
  let approvals: Approvals;
  let votes: Votes;
  beforeAll(async () => {
    world = await RequestWorld.open();
    approvals = world.get(Approvals);
    votes = world.get(Votes);
  });
  afterAll(() => world.close());

  /** Leads of Payments are asked by lea, who is one herself. */
  const open = (count: number, subject: SubjectRef = { kind: 'request', id: unique() }): Promise<Approval> =>
    world.database.transactions.run((tx) =>
      approvals.open(tx, {
        subject,
        digest: 'sha256:shown',
        need: {
          stages: [
            {
              all: [{ count, from: { teamId: 'payments', relation: 'lead' }, describe: `${count} leads of Payments` }],
            },
          ],
          describe: `${count} leads of Payments, not the requester`,
          expiresAfterSeconds: 3600,
        },
        requesterId: idOf('lea'),
        title: 'Demo service in production',
        wakes: { workflow: 'fulfil-request', id: `request:${subject.id}`, args: [] },
        traceId: 'trc-test',
      }),
    );
  const press = async (approval: Approval, who: string, choice: 'yes' | 'no' = 'yes') =>
    votes.vote({
      approvalId: approval.id,
      voter: await world.person(who),
      choice,
      reason: choice === 'no' ? 'Not like this.' : '',
    });
  const react = (approval: Approval, sets: { yes?: string[]; no?: string[] }) =>
    votes.syncReactions(approval.id, { yes: (sets.yes ?? []).map(idOf), no: (sets.no ?? []).map(idOf) });
  const messages = async (approval: Approval) =>
    (await world.durable.of(approval.wakes.id)).map(({ payload }) => (payload as { args: Json[] }).args.at(-1));

  it.each(SEEDS)('two approvers at once make one transition and one message (seed %i)', async (seed) => {
    const approval = await open(1);
    const order = seed % 2 === 0 ? ['lou', 'lin'] : ['lin', 'lou'];
    const outcomes = await Promise.all(
      order.map(async (who, place) => {
        await jitter(place * seed);
        return press(approval, who);
      }),
    );
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['decided', 'settled']);
    const [winner] = outcomes.filter((outcome) => outcome.kind === 'decided');
    expect(await messages(approval)).toEqual([{ outcome: 'approved', by: winner!.approval.decidedBy, reason: null }]);
    const trail = await world.trail(approval.subject);
    expect(trail.filter((type) => type === 'approval.approved')).toHaveLength(1);
    expect(trail).toContain('approval.late_vote');
  });

  it.each(SEEDS)('of approve against deny the first commit wins and both are on the trail (seed %i)', async (seed) => {
    const approval = await open(1);
    const votes = [async () => press(approval, 'lou', 'yes'), async () => press(approval, 'lin', 'no')];
    if (seed % 2 === 0) votes.reverse();
    await Promise.all(
      votes.map(async (vote, place) => {
        await jitter(place * seed);
        return vote();
      }),
    );
    const { state, decidedBy } = await approvals.get(approval.id);
    expect(decidedBy).toEqual([state === 'approved' ? idOf('lou') : idOf('lin')]);
    expect(await messages(approval)).toEqual([expect.objectContaining({ outcome: state })]);
    const records = await world.records(approval.subject);
    expect(new Set(records.map((record) => record.actor.id))).toEqual(new Set(['lea', 'lou', 'lin'].map(idOf)));
  });

  it('never counts the requester, nor anybody who was not asked, and says why', async () => {
    const approval = await open(1);
    expect(await press(approval, 'lea')).toMatchObject({
      kind: 'not-eligible',
      message: expect.stringContaining('Nobody approves their own request'),
    });
    expect(await press(approval, 'ben')).toMatchObject({
      kind: 'not-eligible',
      message: expect.stringContaining('1 leads of Payments, not the requester'),
    });
    const after = await react(approval, { yes: ['lea', 'ben', 'sam'] });
    expect(after).toMatchObject({ state: 'waiting', votes: [] });
    expect(await messages(approval)).toEqual([]);
  });

  it('counts nobody twice, by whatever way', async () => {
    const approval = await open(2);
    expect(await press(approval, 'lou')).toMatchObject({
      kind: 'counted',
      message: 'Your vote counts: 1 of 2 so far.',
    });
    await press(approval, 'lou');
    expect(await react(approval, { yes: ['lou'] })).toMatchObject({ state: 'waiting' });
    expect(await react(approval, { yes: ['lou', 'lin'] })).toMatchObject({
      state: 'approved',
      decidedBy: [idOf('lou'), idOf('lin')],
    });
  });

  it('withdraws a vote whose reaction was removed before the decision', async () => {
    const approval = await open(2);
    await react(approval, { yes: ['lou'] });
    await react(approval, {});
    expect(await react(approval, { yes: ['lin'] })).toMatchObject({ state: 'waiting' });
    expect((await approvals.get(approval.id)).votes.map((vote) => vote.personId)).toEqual([idOf('lin')]);
    expect(await world.trail(approval.subject)).toContain('approval.vote_withdrawn');
  });

  it('does not let a slow reading bring back a reaction that was removed meanwhile', async () => {
    const approval = await open(1);
    let answer: (sets: { yes: string[]; no: string[] }) => void = () => undefined;
    let slow: Promise<Approval> | undefined;
    await new Promise<void>((begun) => {
      slow = votes.recount(approval.id, () => {
        begun();
        return new Promise((later) => (answer = later));
      });
    });
    await react(approval, {});
    answer({ yes: [idOf('lou')], no: [] });
    expect(await slow).toMatchObject({ state: 'waiting', votes: [] });
    expect(await messages(approval)).toEqual([]);
  });

  it('takes ✅ and ❌ of one person as no vote', async () => {
    const approval = await open(1);
    expect(await react(approval, { yes: ['lou'], no: ['lou'] })).toMatchObject({ state: 'waiting', votes: [] });
    expect(await react(approval, { no: ['lou'] })).toMatchObject({ state: 'denied' });
  });

  it('keeps a vote by button when a reaction comes and goes', async () => {
    const approval = await open(2);
    await press(approval, 'lou');
    await react(approval, { yes: ['lou'] });
    await react(approval, {});
    expect(await press(approval, 'lin')).toMatchObject({ kind: 'decided', approval: { state: 'approved' } });
  });

  it('is denied by a single no, with a reason that holds no secret', async () => {
    const approval = await open(3);
    world.redactor.remember('correct-horse-battery');
    await press(approval, 'lou');
    const voter = await world.person('lin');
    const no = { approvalId: approval.id, voter, choice: 'no' } as const;
    await expect(votes.vote({ ...no, reason: '  ' })).rejects.toThrow(ReasonWanted);
    const outcome = await votes.vote({ ...no, reason: 'You posted correct-horse-battery.' });
    expect(outcome).toMatchObject({ kind: 'decided', approval: { state: 'denied' } });
    const [message] = await messages(approval);
    expect(message).toMatchObject({ outcome: 'denied', by: [idOf('lin')] });
    expect(JSON.stringify([message, outcome, await world.records(approval.subject)])).not.toContain('correct-horse');
  });

  it('notes a late vote and a late withdrawal once each, and undoes nothing', async () => {
    const approval = await open(1);
    await react(approval, { yes: ['lou'] });
    for (let time = 0; time < 2; time += 1) {
      expect(await press(approval, 'lin', 'no')).toMatchObject({
        kind: 'settled',
        message: `<@${idOf('lou')}> approved this already. Your vote was noted and changed nothing.`,
      });
      await react(approval, { no: ['lex'] });
    }
    expect(await approvals.get(approval.id)).toMatchObject({ state: 'approved', decidedBy: [idOf('lou')] });
    expect(await messages(approval)).toHaveLength(1);
    const late = (await world.records(approval.subject)).filter((record) => record.type === 'approval.late_vote');
    expect(late.map((record) => [record.actor.id, record.summary.split(' ', 2).join(' ')])).toEqual([
      [idOf('lin'), 'voted no'],
      [idOf('lex'), 'voted no'],
      [idOf('lou'), 'withdrew their'],
    ]);
  });

  it('counts no vote after its end by the database’s clock, before and after anybody ended the wait', async () => {
    const approval = await open(1);
    await world.query('update approvals set expires_at = now() where id = $1', [approval.id]);
    expect(await press(approval, 'lou')).toMatchObject({ kind: 'settled' });
    expect(await react(approval, { yes: ['lin'] })).toMatchObject({ state: 'waiting', votes: [] });
    await Promise.all([1, 2, 3].map(() => world.get(ApprovalSweep).tick()));
    expect(await approvals.get(approval.id)).toMatchObject({ state: 'expired', decidedBy: [] });
    expect(await messages(approval)).toEqual([{ outcome: 'expired', by: [], reason: null }]);
    expect(await approvals.expire(approval.id)).toMatchObject({ state: 'expired' });
    expect(await messages(approval)).toHaveLength(1);
  });

  it('answers with the decision when the wait is ended a moment too late', async () => {
    const approval = await open(1);
    await press(approval, 'lou');
    expect(await approvals.expire(approval.id)).toMatchObject({ state: 'approved' });
  });

  it('asks afresh who may vote, and counts nobody when Slack can’t say', async () => {
    const approval = await open(1);
    const voter = await world.person('lex');
    const vote = { approvalId: approval.id, voter, choice: 'yes' } as const;
    world.people.down = true;
    await expect(votes.vote(vote)).rejects.toThrow();
    world.people.down = false;
    const lex = world.people.users.get(idOf('lex'))!;
    world.people.users.set(lex.id, { ...lex, deleted: true });
    expect(await votes.vote(vote)).toMatchObject({ kind: 'not-eligible' });
    world.people.users.set(lex.id, lex);
    expect(await approvals.get(approval.id)).toMatchObject({ state: 'waiting', votes: [] });
  });

  describe('once a click is written down', () => {
    const later = (approval: Approval) =>
      world.query('update cast_votes set not_before = now() where approval_id = $1', [approval.id]);
    const click = (approval: Approval, who: string, choice: 'yes' | 'no' = 'yes') =>
      votes.write({ approvalId: approval.id, personId: idOf(who), choice, reason: 'Because.' });

    it('counts once when the replica died before it was counted, and the person is told', async () => {
      const approval = await open(1);
      const { id } = await click(approval, 'lou');
      const sweep = world.get(CastVoteSweep);
      await sweep.tick();
      expect(await approvals.get(approval.id)).toMatchObject({ state: 'waiting' });
      await later(approval);
      await Promise.all([sweep.tick(), sweep.tick(), sweep.tick()]);
      expect(await approvals.get(approval.id)).toMatchObject({ state: 'approved', decidedBy: [idOf('lou')] });
      const told = await world.query('select data from notices where key = $1', [`vote-counted:${id}`]);
      expect(told).toEqual([{ data: { title: approval.title, text: 'Your vote decided it: approved.' } }]);
    });

    it('counts once, whoever counts it and however often', async () => {
      const approval = await open(2);
      const written = await click(approval, 'lou');
      const outcomes = await Promise.all([votes.count(written), votes.count(written), votes.count(written)]);
      expect(outcomes.map(({ message }) => message).sort()).toEqual([
        'Your vote counts: 1 of 2 so far.',
        'Your vote is counted already; the card shows how it stands.',
        'Your vote is counted already; the card shows how it stands.',
      ]);
    });

    it('never undoes a later click of the same person', async () => {
      const approval = await open(2);
      const [first, second] = [await click(approval, 'lou', 'no'), await click(approval, 'lou')];
      await votes.count(second);
      expect(await votes.count(first)).toMatchObject({ message: 'You voted again later, and that vote counts.' });
      expect(await approvals.get(approval.id)).toMatchObject({ state: 'waiting', votes: [{ choice: 'yes' }] });
    });

    it('counts though time was called after it, and one written after the end does not', async () => {
      const [inTime, tooLate] = [await open(1), await open(1)];
      await click(inTime, 'lou');
      // Times are compared by the millisecond.
      const end = (id: string, after: string) =>
        world.query('update approvals set expires_at = clock_timestamp() + $2::interval where id = $1', [id, after]);
      await end(inTime.id, '1 millisecond');
      await end(tooLate.id, '0');
      await click(tooLate, 'lou');
      expect(await approvals.expire(inTime.id)).toMatchObject({ state: 'approved' });
      expect(await approvals.expire(tooLate.id)).toMatchObject({ state: 'expired' });
    });

    it('waits while Slack can’t say who may vote, says so, and is counted when it can', async () => {
      const approval = await open(1);
      world.people.down = true;
      await expect(votes.count(await click(approval, 'lou'))).rejects.toThrow(VoteKept);
      await later(approval);
      await world.get(CastVoteSweep).tick();
      world.people.down = false;
      expect(await approvals.get(approval.id)).toMatchObject({ state: 'waiting', votes: [] });
      await later(approval);
      await world.get(CastVoteSweep).tick();
      expect(await approvals.get(approval.id)).toMatchObject({ state: 'approved' });
    });

    it('is refused for an approval that there never was', async () => {
      await expect(
        votes.write({ approvalId: 'apr-00000000', personId: idOf('lou'), choice: 'yes' }),
      ).rejects.toMatchObject({ code: 'approvals.unknown' });
    });
  });

  it('voids votes that were cast on other arguments', async () => {
    const approval = await open(2);
    await press(approval, 'lou');
    await world.query(`update approvals set digest = 'sha256:changed' where id = $1`, [approval.id]);
    expect(await press(approval, 'lin')).toMatchObject({
      kind: 'counted',
      message: 'Your vote counts: 1 of 2 so far.',
    });
  });

  it('is withdrawn with its subject, once', async () => {
    const approval = await open(1);
    const cancel = () => world.database.transactions.run((tx) => approvals.cancel(tx, approval.subject));
    await Promise.all([cancel(), cancel()]);
    expect(await messages(approval)).toEqual([{ outcome: 'cancelled', by: [], reason: null }]);
    expect(await press(approval, 'lou')).toMatchObject({
      kind: 'settled',
      message: expect.stringContaining('withdrawn already'),
    });
  });

  it('puts a step’s approval on the trail of its incident', async () => {
    const incident = unique();
    await open(1, { kind: 'incident', id: `${incident}/raise-limit` });
    expect(await world.trail({ kind: 'incident', id: incident })).toEqual(['approval.asked']);
  });

  it('waits for those who may vote, and for nobody else', async () => {
    const approval = await open(1);
    const waitsFor = async (who: string) =>
      (await approvals.waitingFor(await world.person(who))).some(({ id }) => id === approval.id);
    expect(await waitsFor('lou')).toBe(true);
    expect(await waitsFor('lea')).toBe(false);
    expect(await waitsFor('ben')).toBe(false);
    await press(approval, 'lou');
    expect(await waitsFor('lin')).toBe(false);
  });
});
