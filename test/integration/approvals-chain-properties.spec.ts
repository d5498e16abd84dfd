import fc from 'fast-check';
import {
  Absences,
  type Approval,
  ApprovalSweep,
  Approvals,
  CastVoteSweep,
  Electorates,
  placeOf,
  type Vote,
  Votes,
} from '../../src/approvals/index.js';
import { People } from '../../src/identity/index.js';
import type { ApprovalNeed } from '../../src/policy/index.js';
import { idOf, RequestWorld, unique } from '../builders/request-world.js';

type Choice = 'yes' | 'no';
type Act =
  /** `dies`: the click is written down, and then the replica is gone. */
  | { do: 'press'; who: string; choice: Choice; dies: boolean }
  | { do: 'take-back'; who: string }
  /** `lost`: the event never arrives. */
  | { do: 'react'; who: string; choice: Choice; on: boolean; lost: boolean }
  | { do: 'recount' }
  /** Another replica starts, and looks at what was left behind. */
  | { do: 'restart' }
  | { do: 'go-away'; who: string; to: string }
  | { do: 'come-back'; who: string }
  | { do: 'leave' | 'return'; who: string }
  | { do: 'wait' };

const REQUESTER = 'ada';
const LEADS = ['lea', 'lou', 'lin', 'lex'];
const AUDITORS = ['sam', 'pia'];
/** ben stands in for many, oli is nobody at first. */
const EVERYBODY = [...LEADS, ...AUDITORS, 'ben', 'oli', REQUESTER];
/** Two leads, or after a while a security reviewer for one of them; then an auditor and a lead. */
const NEED: ApprovalNeed = {
  stages: [
    {
      all: [
        {
          count: 2,
          from: { teamId: 'payments', relation: 'lead' },
          describe: '2 leads',
          escalation: { to: { role: 'security-reviewer' }, describe: 'sam', afterSeconds: 3600 },
        },
      ],
    },
    {
      all: [
        { count: 1, from: { role: 'auditor' }, describe: '1 auditor' },
        { count: 1, from: { teamId: 'payments', relation: 'lead' }, describe: '1 lead' },
      ],
    },
  ],
  describe: 'a chain',
  expiresAfterSeconds: 86_400,
};

const who = fc.constantFrom(...LEADS, ...AUDITORS, ...EVERYBODY);
// Mostly yes: one no that counts ends it.
const choice = fc.constantFrom<Choice>(...Array.from({ length: 11 }, () => 'yes' as const), 'no');
const seldom = fc.integer({ min: 0, max: 3 }).map((n) => n === 0);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('press' as const), who, choice, dies: seldom }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take-back' as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('react' as const), who, choice, on: fc.boolean(), lost: seldom }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'recount' }) },
  { weight: 2, arbitrary: fc.constant<Act>({ do: 'restart' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('go-away' as const), who, to: who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('come-back' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'return' as const), who }) },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'wait' }) },
);
const acts = fc.array(act, { minLength: 6, maxLength: 24 });

const principal = (vote: Vote): string => vote.onBehalfOf ?? vote.personId;

/** Tries every way to give each place a vote of its own, nobody on two sides. */
function fills(places: readonly { stage: number; people: readonly string[] }[], votes: readonly Vote[]): boolean {
  const [place, ...rest] = places;
  if (place === undefined) return true;
  return votes.some((vote) => {
    if (vote.stage !== place.stage || !place.people.includes(principal(vote))) return false;
    const behind = [vote.personId, principal(vote)];
    const left = votes.filter((one) => !behind.includes(one.personId) && !behind.includes(principal(one)));
    return fills(rest, left);
  });
}

function placesOf(approval: Approval, gone: ReadonlySet<string>): { stage: number; people: string[] }[] {
  const there = (names: readonly string[]): string[] => names.filter((name) => !gone.has(name)).map(idOf);
  const first = there(approval.escalated.includes('0.0') ? [...LEADS, 'sam'] : LEADS);
  return [
    { stage: 0, people: first },
    { stage: 0, people: first },
    { stage: 1, people: there(AUDITORS) },
    { stage: 1, people: there(LEADS) },
  ];
}

describe('no sequence of clicks, reactions, absences, departures and restarts', () => {
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
    return world.database.transactions.run((tx) =>
      approvals.open(tx, {
        subject: { kind: 'request', id },
        digest: 'sha256:shown',
        need: NEED,
        requesterId: idOf(REQUESTER),
        title: 'Demo service in production',
        wakes: { workflow: 'fulfil-request', id: `request:${id}`, args: [] },
        traceId: 'trc-test',
      }),
    );
  };

  /** One approval's life, and what the outside knows of it. */
  class Life {
    readonly reactions = { yes: new Set<string>(), no: new Set<string>() };
    readonly gone = new Set<string>();
    /** What the product said that it counts. */
    readonly counted = new Map<string, { choice: Choice; by: 'button' | 'reaction' }>();

    constructor(readonly approval: Approval) {}

    async perform(one: Act): Promise<void> {
      switch (one.do) {
        case 'press':
          return this.press(one.who, one.choice, one.dies);
        case 'take-back':
          return this.press(one.who, 'withdrawn', false);
        case 'react':
          this.reactions[one.choice][one.on ? 'add' : 'delete'](one.who);
          if (!one.lost) await this.recount();
          return undefined;
        case 'recount':
          return this.recount();
        case 'restart':
          await this.restart();
          return this.adopt();
        case 'go-away':
          return this.goAway(one.who, one.to);
        case 'come-back':
          await world.get(Absences).end(await this.person(one.who));
          return undefined;
        case 'leave':
        case 'return':
          this.setGone(one.who, one.do === 'leave');
          return undefined;
        case 'wait': {
          const sql = `update approvals set escalate_at = now(), stage_since = stage_since - interval '2 hours' where id = $1`;
          await world.query(sql, [this.approval.id]);
          return world.get(ApprovalSweep).tick();
        }
      }
    }

    async restart(): Promise<void> {
      await world.query('update cast_votes set not_before = now() where approval_id = $1', [this.approval.id]);
      await Promise.all([world.get(CastVoteSweep).tick(), world.get(CastVoteSweep).tick()]);
    }

    async recount(): Promise<void> {
      const sets = { yes: [...this.reactions.yes].map(idOf), no: [...this.reactions.no].map(idOf) };
      const before = await this.now();
      const after = await votes.syncReactions(this.approval.id, sets);
      if (before.state !== 'waiting') return;
      for (const name of EVERYBODY) {
        const [yes, no] = [this.reactions.yes.has(name), this.reactions.no.has(name)];
        if (yes === no && this.counted.get(name)?.by === 'reaction') this.counted.delete(name);
      }
      const electorate = await world.get(Electorates).fresh(after);
      for (const name of EVERYBODY) {
        const [yes, no] = [this.reactions.yes.has(name), this.reactions.no.has(name)];
        const wanted = yes === no ? null : yes ? 'yes' : 'no';
        if (wanted === null || this.counted.get(name)?.choice === wanted) continue;
        const vote = after.votes.find(({ personId }) => personId === idOf(name));
        if (vote?.choice === wanted) this.counted.set(name, { choice: wanted, by: 'reaction' });
        // A reaction that could count is not left out.
        else if (after.state === 'waiting')
          expect(placeOf(idOf(name), wanted, after, electorate).kind).not.toBe('here');
      }
    }

    /** Takes over what was counted out of sight. */
    async adopt(): Promise<void> {
      for (const vote of (await this.now()).votes) {
        const name = EVERYBODY.find((one) => idOf(one) === vote.personId) ?? '?';
        if (vote.via === 'button') this.counted.set(name, { choice: vote.choice, by: 'button' });
      }
    }

    now(): Promise<Approval> {
      return approvals.get(this.approval.id);
    }

    async check(): Promise<void> {
      const approval = await this.now();
      const { state, votes: kept, decidedBy } = approval;
      expect(await world.durable.of(approval.wakes.id)).toHaveLength(state === 'waiting' ? 0 : 1);
      expect(kept.filter((vote) => [vote.personId, principal(vote)].includes(idOf(REQUESTER)))).toEqual([]);
      // Nothing that was said to count is lost, and nothing is there that nobody gave.
      const stored = kept.map(({ personId, choice: its }) => `${personId} ${its}`).sort();
      expect(stored).toEqual([...this.counted].map(([name, one]) => `${idOf(name)} ${one.choice}`).sort());
      const yes = kept.filter((vote) => vote.choice === 'yes');
      // People may have left or come back since it was decided: then anybody may have been there.
      if (state === 'approved') {
        expect(fills(placesOf(approval, new Set()), yes)).toBe(true);
        expect(new Set(decidedBy).size).toBe(decidedBy.length);
        expect(decidedBy.length).toBeGreaterThanOrEqual(4);
      }
      if (state === 'denied') expect(kept.some((vote) => vote.choice === 'no')).toBe(true);
    }

    private async press(name: string, its: Choice | 'withdrawn', dies: boolean): Promise<void> {
      const click = { approvalId: this.approval.id, personId: idOf(name), choice: its, reason: 'because' };
      const cast = await votes.write(click);
      if (dies) return;
      const before = await this.now();
      const { kind, approval } = await votes.count(cast);
      if (before.state !== 'waiting') {
        expect(kind).toBe('settled');
        return;
      }
      if (kind !== 'counted' && kind !== 'decided') return;
      if (its === 'withdrawn') this.counted.delete(name);
      else this.counted.set(name, { choice: its, by: 'button' });
      expect(kind === 'decided').toBe(approval.state !== 'waiting');
    }

    private async goAway(name: string, to: string): Promise<void> {
      const [person, delegate] = [await this.person(name), await this.person(to)];
      const wish = { person, delegate, endsAt: new Date(Date.now() + 3_600_000) };
      await world
        .get(Absences)
        .begin(wish)
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'approvals.absence_refused' });
        });
    }

    private person(name: string) {
      return Promise.resolve({ id: idOf(name), email: `${name}@quartermaster.test`, name, teams: [], roles: [] });
    }

    private setGone(name: string, gone: boolean): void {
      const user = world.people.users.get(idOf(name))!;
      world.people.users.set(user.id, { ...user, deleted: gone });
      if (gone) this.gone.add(name);
      else this.gone.delete(name);
    }
  }

  afterEach(() => comeTogether());
  async function comeTogether(): Promise<void> {
    await world.query(`update absences set state = 'back' where state = 'away'`);
    for (const name of EVERYBODY) {
      const user = world.people.users.get(idOf(name))!;
      world.people.users.set(user.id, { ...user, deleted: false });
      await world.get(People).getFresh(user.id);
    }
  }

  it('grants what the votes do not, counts anybody twice, or loses a vote', async () => {
    const ends = new Set<string>();
    const seen = { onBehalf: 0, secondStage: 0, escalated: 0 };
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        const life = new Life(await open());
        for (const one of sequence) {
          await life.perform(one);
          await life.check();
        }
        // Everybody is there again, and whatever was left lying is looked at: then it is decided exactly if the votes suffice.
        for (const name of [...life.gone]) await life.perform({ do: 'return', who: name });
        await life.restart();
        await life.adopt();
        await life.recount();
        const approval = await life.now();
        const yes = approval.votes.filter((vote) => vote.choice === 'yes');
        if (approval.state === 'waiting') expect(fills(placesOf(approval, new Set()), yes)).toBe(false);
        ends.add(approval.state);
        if (approval.votes.some(({ onBehalfOf }) => onBehalfOf !== null)) seen.onBehalf += 1;
        if (approval.stage > 0) seen.secondStage += 1;
        if (approval.escalated.length > 0) seen.escalated += 1;
      }),
      { numRuns: 70, plugins: [fc.afterEach(comeTogether)] },
    );
    // It would prove little if none of this had ever happened.
    expect([...ends]).toEqual(expect.arrayContaining(['approved', 'denied', 'waiting']));
    expect(Math.min(seen.onBehalf, seen.secondStage, seen.escalated)).toBeGreaterThan(0);
  }, 300_000);

  it('over-grants when everything happens at once', async () => {
    const calm = acts.map((all) => all.filter(({ do: what }) => what !== 'leave' && what !== 'return'));
    await fc.assert(
      fc.asyncProperty(calm, async (storm) => {
        const life = new Life(await open());
        await Promise.allSettled(storm.map((one) => life.perform(one)));
        const { state, votes: kept, decidedBy, wakes } = await life.now();
        expect(await world.durable.of(wakes.id)).toHaveLength(state === 'waiting' ? 0 : 1);
        if (state !== 'approved') return;
        const yes = kept.filter((vote) => vote.choice === 'yes' && decidedBy.includes(vote.personId));
        expect(fills(placesOf(await life.now(), new Set()), yes)).toBe(true);
      }),
      { numRuns: 40, plugins: [fc.afterEach(comeTogether)] },
    );
  }, 300_000);
});
