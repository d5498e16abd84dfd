import {
  Absences,
  type Approval,
  ApprovalSweep,
  Approvals,
  askedIn,
  Electorates,
  Votes,
} from '../../src/approvals/index.js';
import { People } from '../../src/identity/index.js';
import type { ApprovalGroup, ApprovalNeed } from '../../src/policy/index.js';
import type { Json } from '../../src/shared/index.js';
import { idOf, RequestWorld, unique } from '../builders/request-world.js';

/** lea, lou, lin and lex */
const leads = (count = 1): ApprovalGroup => ({
  count,
  from: { teamId: 'payments', relation: 'lead' },
  describe: `${count} lead of Payments`,
});
/** sam */
const security: ApprovalGroup = { count: 1, from: { role: 'security-reviewer' }, describe: '1 security reviewer' };
/** sam and pia */
const auditors = (count = 1): ApprovalGroup => ({ count, from: { role: 'auditor' }, describe: `${count} auditor` });
const stages = (...all: ApprovalGroup[][]): ApprovalNeed => ({
  stages: all.map((groups) => ({ all: groups })),
  describe: 'a chain',
  expiresAfterSeconds: 7 * 86_400,
});

describe('approvals in stages', () => {
  let world: RequestWorld;
  let approvals: Approvals;
  let votes: Votes;
  beforeAll(async () => {
    world = await RequestWorld.open();
    approvals = world.get(Approvals);
    votes = world.get(Votes);
  });
  afterAll(() => world.close());

  const open = (need: ApprovalNeed, requester = 'ada'): Promise<Approval> => {
    const id = unique();
    return world.database.transactions.run((tx) =>
      approvals.open(tx, {
        subject: { kind: 'request', id },
        digest: 'sha256:shown',
        need,
        requesterId: idOf(requester),
        title: 'Demo service in production',
        wakes: { workflow: 'fulfil-request', id: `request:${id}`, args: [] },
        traceId: 'trc-test',
      }),
    );
  };
  const press = async (approval: Approval, who: string, choice: 'yes' | 'no' = 'yes') =>
    votes.vote({ approvalId: approval.id, voter: await world.person(who), choice, reason: 'because' });
  const react = (approval: Approval, ...yes: string[]) =>
    votes.syncReactions(approval.id, { yes: yes.map(idOf), no: [] });
  const now = (approval: Approval) => approvals.get(approval.id);
  const messages = async (approval: Approval) =>
    (await world.durable.of(approval.wakes.id)).map(({ payload }) => (payload as { args: Json[] }).args.at(-1));
  const sweep = () => world.get(ApprovalSweep).tick();
  /** Time passes for this approval, by the database's clock. */
  const later = (approval: Approval, hours: number) =>
    world.query(
      `update approvals set created_at = created_at - $2::interval, stage_since = stage_since - $2::interval,
         expires_at = expires_at - $2::interval, remind_at = remind_at - $2::interval, escalate_at = escalate_at - $2::interval
       where id = $1`,
      [approval.id, `${hours} hours`],
    );
  const leaves = async (who: string, work: () => Promise<void>): Promise<void> => {
    const user = world.people.users.get(idOf(who))!;
    world.people.users.set(user.id, { ...user, deleted: true });
    try {
      await work();
    } finally {
      world.people.users.set(user.id, user);
      await world.get(People).getFresh(user.id);
    }
  };

  describe('one after the other', () => {
    it('ask each stage when those before it have agreed, and decide after the last', async () => {
      const approval = await open(stages([leads(2)], [security]));
      expect(await press(approval, 'sam')).toMatchObject({
        kind: 'not-eligible',
        message: expect.stringMatching(/not your turn yet/),
      });
      expect(await press(approval, 'lea')).toMatchObject({ message: 'Your vote counts: 1 of 2 so far.' });
      expect(await press(approval, 'lou')).toMatchObject({
        message: 'Your vote counts, and stage 1 is complete. Still wanted: 1 security reviewer.',
        approval: { stage: 1, state: 'waiting' },
      });
      expect(await messages(approval)).toEqual([]);
      expect(await press(approval, 'sam')).toMatchObject({ kind: 'decided' });
      expect(await messages(approval)).toEqual([
        { outcome: 'approved', by: ['lea', 'lou', 'sam'].map(idOf), reason: 'because' },
      ]);
      expect(await world.trail(approval.subject)).toEqual([
        'approval.asked',
        'approval.vote_refused',
        'approval.voted',
        'approval.voted',
        'approval.stage_opened',
        'approval.voted',
        'approval.approved',
      ]);
    });

    it('count a reaction that was there early when its stage begins, if it is still there', async () => {
      const approval = await open(stages([leads()], [security]));
      expect(await react(approval, 'sam')).toMatchObject({ state: 'waiting', votes: [] });
      expect((await now(approval)).refused).toEqual([{ personId: idOf('sam'), why: 'is asked in stage 2' }]);
      expect(await react(approval, 'sam', 'lea')).toMatchObject({ state: 'approved' });
    });

    it('are denied by one no of any stage, at once', async () => {
      const approval = await open(stages([leads()], [security]));
      expect(await press(approval, 'sam', 'no')).toMatchObject({ kind: 'decided', approval: { state: 'denied' } });
    });

    it('wait for those of the open stage only', async () => {
      const approval = await open(stages([leads()], [security]));
      const waits = async (who: string) =>
        (await approvals.waitingFor(await world.person(who))).some(({ id }) => id === approval.id);
      expect([await waits('lea'), await waits('sam')]).toEqual([true, false]);
      await press(approval, 'lea');
      expect([await waits('lea'), await waits('lou'), await waits('sam')]).toEqual([false, false, true]);
    });

    it('go back when the vote they rest on is taken back, and on again when another takes its place', async () => {
      const approval = await open(stages([leads()], [auditors(2)]));
      await press(approval, 'lea');
      await press(approval, 'sam');
      const back = await votes.count(
        await votes.write({ approvalId: approval.id, personId: idOf('lea'), choice: 'withdrawn' }),
      );
      expect(back).toMatchObject({ kind: 'counted', approval: { stage: 0 } });
      expect(await press(approval, 'pia')).toMatchObject({ kind: 'not-eligible' });
      expect(await press(approval, 'lou')).toMatchObject({ approval: { stage: 1 } });
      expect(await press(approval, 'pia')).toMatchObject({ kind: 'decided' });
    });
  });

  describe('groups of one stage', () => {
    it('must all agree, each by a person of its own', async () => {
      const approval = await open(stages([security, auditors()]));
      expect(await press(approval, 'sam')).toMatchObject({ kind: 'counted' });
      expect(await press(approval, 'sam')).toMatchObject({ kind: 'counted' });
      expect((await now(approval)).state).toBe('waiting');
      expect(await press(approval, 'pia')).toMatchObject({ kind: 'decided', approval: { state: 'approved' } });
    });

    it('count nobody in two stages, whoever it is', async () => {
      const approval = await open(stages([auditors()], [auditors()]));
      await press(approval, 'sam');
      expect(await press(approval, 'sam')).toMatchObject({
        kind: 'not-eligible',
        message: expect.stringMatching(/stage 1 already, and nobody counts twice/),
      });
      expect(await react(approval, 'sam')).toMatchObject({ state: 'waiting' });
      expect(await press(approval, 'pia')).toMatchObject({ kind: 'decided' });
    });

    it('that are empty are never met, and the approval expires', async () => {
      const nobody: ApprovalGroup = { count: 1, from: { role: 'nobody' }, describe: '1 nobody' };
      const approval = await open(stages([leads(), nobody]));
      await react(approval, 'lea', 'lou', 'lin', 'lex', 'sam', 'pia', 'oli', 'ben');
      expect(await now(approval)).toMatchObject({ state: 'waiting', stage: 0 });
      await later(approval, 7 * 24);
      await sweep();
      expect(await now(approval)).toMatchObject({ state: 'expired', decidedBy: [] });
    });
  });

  describe('an approver who left', () => {
    it('before the decision does not count, and their stage waits again', async () => {
      const approval = await open(stages([leads()], [security]));
      await press(approval, 'lou');
      await leaves('lou', async () => {
        expect(await press(approval, 'sam')).toMatchObject({
          kind: 'not-eligible',
          message: expect.stringMatching(/not your turn yet/),
        });
        await react(approval);
        expect(await now(approval)).toMatchObject({ state: 'waiting', stage: 0 });
        expect(await press(approval, 'lin')).toMatchObject({ approval: { stage: 1 } });
        expect(await press(approval, 'sam')).toMatchObject({ approval: { state: 'approved' } });
      });
      expect((await now(approval)).decidedBy).toEqual(['lin', 'sam'].map(idOf));
    });
  });

  describe('what waits for long', () => {
    it('is escalated by the database’s clock: others may then agree in their place, once and not before', async () => {
      const slow = {
        ...leads(),
        escalation: { to: { role: 'security-reviewer' }, describe: '1 security reviewer', afterSeconds: 7200 },
      };
      const approval = await open(stages([slow]));
      await later(approval, 1);
      await sweep();
      expect(await press(approval, 'sam')).toMatchObject({ kind: 'not-eligible' });
      await later(approval, 1);
      await Promise.all([sweep(), sweep(), sweep()]);
      expect(await now(approval)).toMatchObject({ escalated: ['0.0'] });
      const trail = await world.trail(approval.subject);
      expect(trail.filter((type) => type === 'approval.escalated')).toHaveLength(1);
      const sam = await world.person('sam');
      expect((await approvals.waitingFor(sam)).map(({ id }) => id)).toContain(approval.id);
      expect(await press(approval, 'sam')).toMatchObject({ kind: 'decided' });
    });

    it('is reminded of, again and again, to those alone who have not voted', async () => {
      const approval = await open({ ...stages([leads(3)]), remindAfterSeconds: 3600 });
      await press(approval, 'lou');
      const reminded = async () =>
        (
          await world.query<{ who: string }>(
            `select recipient ->> 'personId' as who from notices where template = 'approval-reminder' and data ->> 'approvalId' = $1 order by id`,
            [approval.id],
          )
        ).map(({ who }) => who);
      await sweep();
      expect(await reminded()).toEqual([]);
      await later(approval, 1);
      await Promise.all([sweep(), sweep()]);
      expect((await reminded()).sort()).toEqual(['lea', 'lex', 'lin'].map(idOf));
      await sweep();
      expect(await reminded()).toHaveLength(3);
      // A tick that was missed for hours is made up for once.
      await later(approval, 5);
      await sweep();
      await sweep();
      expect(await reminded()).toHaveLength(6);
      await press(approval, 'lea');
      await press(approval, 'lin');
      await later(approval, 1);
      await sweep();
      expect(await reminded()).toHaveLength(6);
    });
  });

  describe('while somebody is away', () => {
    const absences = () => world.get(Absences);
    const goes = async (who: string, delegate: string | null) =>
      absences().begin({
        person: await world.person(who),
        delegate: delegate === null ? null : await world.person(delegate),
        endsAt: new Date(Date.now() + 3_600_000),
      });
    afterEach(async () => {
      for (const name of ['lea', 'lou', 'lin', 'lex', 'sam', 'pia', 'ben', 'oli'])
        await absences().end(await world.person(name));
    });

    it('their stand-in’s vote counts for theirs, and it is said so', async () => {
      const approval = await open(stages([security]));
      expect(await press(approval, 'ben')).toMatchObject({ kind: 'not-eligible' });
      await goes('sam', 'ben');
      expect((await approvals.waitingFor(await world.person('ben'))).map(({ id }) => id)).toContain(approval.id);
      expect(await press(approval, 'ben')).toMatchObject({ kind: 'decided' });
      expect(await now(approval)).toMatchObject({
        state: 'approved',
        votes: [{ personId: idOf('ben'), onBehalfOf: idOf('sam') }],
      });
      const records = await world.records(approval.subject);
      expect(records.map(({ summary }) => summary)).toContain(
        `voted yes by button in place of ${idOf('sam')}, who is away`,
      );
    });

    it('never for what the stand-in asked for', async () => {
      await goes('sam', 'ben');
      const approval = await open(stages([security]), 'ben');
      expect(await press(approval, 'ben')).toMatchObject({
        kind: 'not-eligible',
        message: expect.stringMatching(/^Nobody approves their own request/),
      });
      expect(await react(approval, 'ben')).toMatchObject({ state: 'waiting', votes: [] });
    });

    it('is not passed on', async () => {
      await goes('sam', 'ben');
      await goes('ben', 'oli');
      const approval = await open(stages([security]));
      expect(await press(approval, 'oli')).toMatchObject({ kind: 'not-eligible' });
      await expect(goes('lea', 'ben')).rejects.toMatchObject({ code: 'approvals.absence_refused' });
      await expect(goes('lea', 'lea')).rejects.toMatchObject({ code: 'approvals.absence_refused' });
    });

    it('counts each person once, on whichever side of it', async () => {
      await goes('lea', 'lou');
      const approval = await open(stages([leads(2)]));
      expect(await press(approval, 'lou')).toMatchObject({ message: 'Your vote counts: 1 of 2 so far.' });
      await press(approval, 'lou');
      expect(await react(approval, 'lou')).toMatchObject({ state: 'waiting' });
      expect(await press(approval, 'lea')).toMatchObject({ kind: 'decided' });
    });

    it('their own vote comes before that of their stand-in', async () => {
      await goes('lea', 'ben');
      const approval = await open(stages([leads(2)]));
      await press(approval, 'ben');
      expect(await press(approval, 'lea')).toMatchObject({ kind: 'counted', approval: { state: 'waiting' } });
      expect(await press(approval, 'ben')).toMatchObject({
        kind: 'not-eligible',
        message: expect.stringMatching(/There is a vote for/),
      });
      expect(await press(approval, 'lou')).toMatchObject({ kind: 'decided' });
      expect((await now(approval)).decidedBy).toEqual(['lea', 'lou'].map(idOf));
    });

    it('ends when they are back, by hand or by the database’s clock; what was voted stays', async () => {
      await goes('lea', 'ben');
      const approval = await open(stages([leads(2)]));
      await press(approval, 'ben');
      await world.query(`update absences set ends_at = now() where person_id = $1 and state = 'away'`, [idOf('lea')]);
      expect(await press(await open(stages([leads()])), 'ben')).toMatchObject({ kind: 'not-eligible' });
      await Promise.all([sweep(), sweep()]);
      const trail = await world.trail({ kind: 'person', id: idOf('lea') });
      expect(trail.filter((type) => type === 'absence.ended').length).toBeGreaterThan(0);
      expect(await press(approval, 'lou')).toMatchObject({ kind: 'decided' });
    });

    it('a stand-in who left does not count', async () => {
      await goes('lea', 'ben');
      const approval = await open(stages([leads(2)]));
      await press(approval, 'ben');
      await leaves('ben', async () => {
        expect(await press(approval, 'lou')).toMatchObject({ kind: 'counted', approval: { state: 'waiting' } });
        expect([...askedIn(await world.get(Electorates).fresh(await now(approval)), 0)]).not.toContain(idOf('ben'));
      });
    });

    it('they are not reminded, their stand-in is', async () => {
      await goes('sam', 'ben');
      const approval = await open({ ...stages([auditors()]), remindAfterSeconds: 3600 });
      await later(approval, 1);
      await sweep();
      const rows = await world.query<{ who: string }>(
        `select recipient ->> 'personId' as who from notices where template = 'approval-reminder' and data ->> 'approvalId' = $1`,
        [approval.id],
      );
      expect(rows.map(({ who }) => who).sort()).toEqual(['ben', 'pia'].map(idOf));
    });
  });
});
