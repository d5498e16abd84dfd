import fc from 'fast-check';
import type { ApprovalNeed } from '../policy/index.js';
import type { Vote } from './approval.js';
import type { Electorate } from './electorate.js';
import { placeOf } from './place.js';
import { principalOf, standingOf } from './tally.js';

/** Groups by their counts, a list a stage: `[[1], [1, 1]]`. */
function needOf(counts: number[][]): ApprovalNeed {
  return {
    stages: counts.map((groups) => ({
      all: groups.map((count, at) => ({ count, from: { role: `role-${at}` }, describe: `${count} of ${at}` })),
    })),
    describe: 'some',
    expiresAfterSeconds: 60,
  };
}
const vote = (personId: string, stage = 0, change: Partial<Vote> = {}): Vote => ({
  personId,
  choice: 'yes',
  via: 'button',
  stage,
  onBehalfOf: null,
  standingId: null,
  reason: null,
  castAt: new Date(0),
  ...change,
});
const electorateOf = (people: string[][][], standIns: Record<string, string[]> = {}): Electorate => ({
  stages: people.map((groups) => groups.map((group) => new Set(group))),
  standIns: new Map(Object.entries(standIns)),
  away: [],
  active: new Set(Object.keys(standIns)),
});
const approval = (counts: number[][], votes: Vote[]) => ({ need: needOf(counts), votes, requesterId: 'ada' });

describe('how an approval stands', () => {
  it('wants all groups of a stage, each by people of its own', () => {
    const electorate = electorateOf([[['lea', 'sam'], ['sam']]]);
    const both = (votes: Vote[]) => standingOf(approval([[1, 1]], votes), electorate);
    expect(both([vote('sam')])).toMatchObject({ verdict: null, open: 0 });
    // Sam fits both: he takes the place that nobody else can.
    expect(both([vote('sam'), vote('lea')])).toMatchObject({ verdict: 'approved' });
    expect(both([vote('lea'), vote('lea')])).toMatchObject({ verdict: null });
  });

  it('goes stage after stage, and counts nobody in two of them', () => {
    const electorate = electorateOf([[['lea', 'sam']], [['sam', 'lea']]]);
    const chain = (votes: Vote[]) => standingOf(approval([[1], [1]], votes), electorate);
    expect(chain([vote('lea')])).toMatchObject({ verdict: null, open: 1 });
    expect(chain([vote('sam', 1)])).toMatchObject({ verdict: null, open: 0 });
    expect(chain([vote('lea'), vote('sam', 1)])).toMatchObject({ verdict: 'approved', open: 2 });
    expect(placeOf('lea', 'yes', approval([[1], [1]], [vote('lea')]), electorate)).toEqual({
      kind: 'counted-before',
      stage: 0,
    });
  });

  it('goes back when somebody whose vote it rests on left', () => {
    const votes = [vote('lea'), vote('sam', 1)];
    const gone = electorateOf([[['lou']], [['sam', 'pia']]]);
    expect(standingOf(approval([[1], [2]], votes), gone)).toMatchObject({ verdict: null, open: 0 });
  });

  it('is denied by one no of anybody who is asked, whatever the stage, and by nobody else’s', () => {
    const electorate = electorateOf([[['lea']], [['sam']]]);
    const no = (personId: string) =>
      standingOf(approval([[1], [1]], [vote(personId, 0, { choice: 'no' })]), electorate).verdict;
    expect([no('lea'), no('sam'), no('ben'), no('ada')]).toEqual(['denied', 'denied', null, null]);
  });

  it('is approved by nobody when it asks nobody', () => {
    expect(standingOf(approval([], []), electorateOf([])).verdict).toBeNull();
    expect(standingOf(approval([[1]], [vote('lea')]), electorateOf([[[]]])).verdict).toBeNull();
  });

  it('lets nobody count for somebody who has a vote of their own, nor for two', () => {
    const electorate = electorateOf([[['lea', 'lou']]], { ben: ['lea', 'lou'] });
    const two = (votes: Vote[]) => standingOf(approval([[2]], votes), electorate).counted.map(principalOf);
    expect(two([vote('ben', 0, { onBehalfOf: 'lea' }), vote('lea')])).toEqual(['lea']);
    expect(two([vote('ben', 0, { onBehalfOf: 'lea' }), vote('lou')])).toEqual(['lou', 'lea']);
    expect(placeOf('ben', 'yes', approval([[2]], [vote('lea')]), electorate)).toMatchObject({ onBehalfOf: 'lou' });
    expect(placeOf('ben', 'yes', approval([[2]], [vote('lea'), vote('lou')]), electorate)).toMatchObject({
      kind: 'taken',
    });
  });

  it('lets the requester stand in for nobody, and nobody for the requester', () => {
    const electorate = electorateOf([[['lea']]], { ada: ['lea'], ben: ['ada'] });
    expect(placeOf('ada', 'yes', approval([[1]], []), electorate)).toEqual({ kind: 'requester' });
    expect(placeOf('ben', 'yes', approval([[1]], []), electorate)).toEqual({ kind: 'not-asked' });
    const votes = [vote('ada', 0, { onBehalfOf: 'lea' }), vote('ben', 0, { onBehalfOf: 'ada' })];
    expect(standingOf(approval([[1]], votes), electorate).counted).toEqual([]);
  });

  it('asks later stages later, and lets them deny at once', () => {
    const electorate = electorateOf([[['lea']], [['sam']]]);
    expect(placeOf('sam', 'yes', approval([[1], [1]], []), electorate)).toEqual({ kind: 'not-yet', stage: 1 });
    expect(placeOf('sam', 'no', approval([[1], [1]], []), electorate)).toMatchObject({ kind: 'here', stage: 1 });
  });
});

describe('whatever the votes, groups and stages', () => {
  const names = ['ada', 'ben', 'lea', 'lou', 'sam'];
  const name = fc.constantFrom(...names);
  const chain = fc.array(fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 3,
  });
  const people = fc.array(fc.array(fc.uniqueArray(name), { minLength: 2, maxLength: 2 }), {
    minLength: 3,
    maxLength: 3,
  });
  const votes = fc.uniqueArray(
    fc.record({
      personId: name,
      stage: fc.integer({ min: 0, max: 2 }),
      onBehalfOf: fc.option(name),
      choice: fc.constantFrom<'yes' | 'no'>('yes', 'yes', 'yes', 'no'),
    }),
    { selector: ({ personId }) => personId },
  );

  it('nobody stands behind two votes, the requester behind none, and an approval has a person of its own for every place', () => {
    fc.assert(
      fc.property(chain, people, votes, (counts, who, cast) => {
        const electorate = {
          ...electorateOf(who.map((groups) => groups.map((group) => group.filter((one) => one !== 'ada')))),
          active: new Set(names),
        };
        const all = cast.map((one) => vote(one.personId, one.stage, one));
        const { counted, stages, verdict } = standingOf(approval(counts, all), electorate);
        const behind = counted.flatMap((one) => [...new Set([one.personId, principalOf(one)])]);
        expect(new Set(behind).size).toBe(behind.length);
        expect(behind).not.toContain('ada');
        const seats = stages.flatMap((groups) => groups.flatMap(({ by }) => by));
        expect(new Set(seats).size).toBe(seats.length);
        for (const [stage, groups] of stages.entries())
          for (const [at, { by, group, missing }] of groups.entries()) {
            expect(by.length + missing).toBe(group.count);
            for (const one of by) expect(electorate.stages[stage]?.[at]).toContain(principalOf(one));
          }
        if (verdict === 'approved') {
          expect(seats).toHaveLength(counts.flat().reduce((sum, count) => sum + count, 0));
          expect(counted.every(({ choice }) => choice === 'yes')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
