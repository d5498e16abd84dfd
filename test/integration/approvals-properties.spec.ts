import fc from 'fast-check';
import { type Approval, Approvals, Votes } from '../../src/approvals/index.js';
import { idOf, RequestWorld, unique } from '../builders/request-world.js';

type Choice = 'yes' | 'no';
/** Somebody presses a button, or puts on or takes off a reaction (whose event may be lost), or an event comes again. */
type Act =
  | { do: 'press'; who: string; choice: Choice }
  | { do: 'react'; who: string; choice: Choice; on: boolean; lost: boolean }
  | { do: 'again' };

const COUNT = 2;
/** lea is a lead too, but asks; ben is in the team, sam is not. */
const REQUESTER = 'lea';
const ELIGIBLE = ['lou', 'lin', 'lex'];
const EVERYBODY = [...ELIGIBLE, REQUESTER, 'ben', 'sam'];

const who = fc.constantFrom(...ELIGIBLE, ...EVERYBODY);
// Mostly yes: one eligible no ends it.
const choice = fc.constantFrom<Choice>('yes', 'yes', 'yes', 'yes', 'no');
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('press' as const), who, choice }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('react' as const),
      who,
      choice,
      on: fc.boolean(),
      lost: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'again' }) },
);
const acts = fc.array(act, { minLength: 1, maxLength: 14 });

/** What ought to be so, in as few words as possible. */
class Model {
  state: Approval['state'] = 'waiting';
  readonly reactions = { yes: new Set<string>(), no: new Set<string>() };
  readonly votes = new Map<string, { choice: Choice; by: 'button' | 'reaction' }>();

  press(person: string, vote: Choice): void {
    if (this.state !== 'waiting' || !ELIGIBLE.includes(person)) return;
    this.votes.set(person, { choice: vote, by: 'button' });
    this.decide();
  }

  recount(): void {
    if (this.state !== 'waiting') return;
    for (const person of ELIGIBLE) {
      const [yes, no] = [this.reactions.yes.has(person), this.reactions.no.has(person)];
      const vote = this.votes.get(person);
      if (yes === no && vote?.by === 'reaction') this.votes.delete(person);
      if (yes && !no && vote?.choice !== 'yes') this.votes.set(person, { choice: 'yes', by: 'reaction' });
      if (no && !yes && vote?.choice !== 'no') this.votes.set(person, { choice: 'no', by: 'reaction' });
    }
    this.decide();
  }

  private decide(): void {
    const choices = [...this.votes.values()].map((vote) => vote.choice);
    if (choices.includes('no')) this.state = 'denied';
    else if (choices.length >= COUNT) this.state = 'approved';
  }
}

describe('no sequence of votes, withdrawals and repetitions', () => {
  let world: RequestWorld;
  let approvals: Approvals;
  let votes: Votes;
  beforeAll(async () => {
    world = await RequestWorld.open();
    approvals = world.get(Approvals);
    votes = world.get(Votes);
  });
  afterAll(() => world.close());

  const open = (): Promise<Approval> => {
    const id = unique();
    const from = { teamId: 'payments', relation: 'lead' } as const;
    return world.database.transactions.run((tx) =>
      approvals.open(tx, {
        subject: { kind: 'request', id },
        digest: 'sha256:shown',
        need: {
          stages: [{ all: [{ count: COUNT, from, describe: '2 leads of Payments' }] }],
          describe: '2 leads of Payments',
          expiresAfterSeconds: 3600,
        },
        requesterId: idOf(REQUESTER),
        title: 'Demo service in production',
        wakes: { workflow: 'fulfil-request', id: `request:${id}`, args: [] },
        traceId: 'trc-test',
      }),
    );
  };
  const recount = (approval: Approval, { reactions }: Model) =>
    votes.recount(approval.id, () =>
      Promise.resolve({ yes: [...reactions.yes].map(idOf), no: [...reactions.no].map(idOf) }),
    );
  const perform = async (approval: Approval, model: Model, one: Act): Promise<void> => {
    if (one.do === 'press') {
      const voter = await world.person(one.who);
      model.press(one.who, one.choice);
      await votes.vote({
        approvalId: approval.id,
        voter,
        choice: one.choice,
        reason: 'because',
      });
      return;
    }
    if (one.do === 'react') {
      if (one.on) model.reactions[one.choice].add(one.who);
      else model.reactions[one.choice].delete(one.who);
      if (one.lost) return;
    }
    model.recount();
    await recount(approval, model);
  };

  it('grants what the votes do not', async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        const [approval, model] = [await open(), new Model()];
        for (const one of sequence) {
          await perform(approval, model, one);
          expect((await approvals.get(approval.id)).state).toBe(model.state);
        }
        const { state, decidedBy } = await approvals.get(approval.id);
        const messages = await world.durable.of(approval.wakes.id);
        expect(messages).toHaveLength(state === 'waiting' ? 0 : 1);
        const agreed = [...model.votes].filter(([, vote]) => vote.choice === 'yes').map(([person]) => idOf(person));
        if (state === 'approved') expect([...decidedBy].sort()).toEqual(agreed.sort());
        ends.add(state);
      }),
      { numRuns: 60 },
    );
    // It would prove little if nothing had ever been decided.
    expect([...ends]).toEqual(expect.arrayContaining(['approved', 'denied', 'waiting']));
  }, 120_000);

  it('over-grants when everything happens at once', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (storm) => {
        const [approval, model] = [await open(), new Model()];
        await Promise.all(storm.map((one) => perform(approval, model, one)));
        const { state, decidedBy, votes: cast } = await approvals.get(approval.id);
        const saidYes = new Set(
          storm.flatMap((one) =>
            one.do === 'press' || (one.do === 'react' && one.on) ? (one.choice === 'yes' ? [idOf(one.who)] : []) : [],
          ),
        );
        expect(await world.durable.of(approval.wakes.id)).toHaveLength(state === 'waiting' ? 0 : 1);
        expect(cast.filter((vote) => !ELIGIBLE.map(idOf).includes(vote.personId))).toEqual([]);
        if (state !== 'approved') return;
        expect(new Set(decidedBy).size).toBeGreaterThanOrEqual(COUNT);
        for (const id of decidedBy) {
          expect(ELIGIBLE.map(idOf)).toContain(id);
          expect(saidYes).toContain(id);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
