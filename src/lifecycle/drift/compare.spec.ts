import type { Facts, Observation, StepRun } from '../../orchestrator/index.js';
import { differencesIn, differenceWords, driftState } from './compare.js';

function seen(position: number, facts: Facts | null, expected: Facts = {}): Observation {
  const step = { position, title: `Step ${position}` } as StepRun;
  const found =
    facts === null ? { exists: false, detail: 'it is not there' } : { exists: true, detail: 'there', facts };
  return { step, found, expected, mends: true };
}

describe('drift', () => {
  it('is what differs from what was applied, and nothing else', () => {
    const found = differencesIn([seen(0, { limit: 50, owner: 'ada' }, { limit: 5 })], new Map());
    expect(found.map(differenceWords)).toEqual(['limit is 50, should be 5']);
    expect(driftState(found)).toBe('changed');
  });

  it('is not what somebody accepted, but what changed after that', () => {
    const accepted = new Map([[0, { limit: 50 }]]);
    expect(differencesIn([seen(0, { limit: 50 }, { limit: 5 })], accepted)).toEqual([]);
    expect(differencesIn([seen(0, { limit: 5 }, { limit: 5 })], accepted).map(differenceWords)).toEqual([
      'limit is 5, should be 50',
    ]);
  });

  it('says yes and no, and that something is missing', () => {
    const found = differencesIn([seen(0, { login: false }, { login: true }), seen(1, null, { limit: 1 })], new Map());
    expect(found.map(differenceWords)).toEqual(['login is no, should be yes', 'it is not there']);
    expect(driftState(found)).toBe('missing');
    expect(driftState([])).toBe('same');
  });
});
