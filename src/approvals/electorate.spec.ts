import type { Person } from '../identity/index.js';
import type { ApprovalNeed, Policy } from '../policy/index.js';
import { Clock } from '../shared/index.js';
import { Electorate } from './electorate.js';

class SetClock extends Clock {
  at = 1_000_000;
  now(): Date {
    return new Date(this.at);
  }
}

const leads: ApprovalNeed = {
  count: 1,
  from: { teamId: 'payments', relation: 'lead' },
  describe: '1 lead of Payments, not the requester',
  expiresAfterSeconds: 3600,
};
const person = (id: string): Person => ({ id, email: `${id}@x.test`, name: id, teams: [], roles: [] });

describe('who may vote', () => {
  let asked: string[];
  let down: boolean;
  let clock: SetClock;
  let electorate: Electorate;
  beforeEach(() => {
    [asked, down, clock] = [[], false, new SetClock()];
    const policy = {
      eligible: async (need: ApprovalNeed, requesterId: string): Promise<Person[]> => {
        asked.push(need.from.role ?? need.from.teamId ?? '');
        if (down) throw new Error('Slack is down');
        return [person('U0LEA'), person('U0LOU')].filter(({ id }) => id !== requesterId);
      },
    };
    electorate = new Electorate(policy as unknown as Policy, clock);
  });

  it('is looked up once for a thousand cards that want the same people, and again after a few seconds', async () => {
    const shown = await Promise.all(Array.from({ length: 1000 }, () => electorate.lately(leads, 'U0LEA')));
    expect(shown[999]).toEqual(['U0LOU']);
    expect(await electorate.lately({ ...leads, count: 2 }, 'U0ADA')).toEqual(['U0LEA', 'U0LOU']);
    expect(asked).toEqual(['payments']);
    await electorate.lately({ ...leads, from: { role: 'auditor' } }, 'U0ADA');
    expect(asked).toEqual(['payments', 'auditor']);
    clock.at += 5_000;
    await electorate.lately(leads, 'U0ADA');
    expect(asked).toHaveLength(3);
  });

  it('is looked up afresh for every vote, whatever was shown a moment ago', async () => {
    await electorate.lately(leads, 'U0ADA');
    expect(await electorate.fresh(leads, 'U0LEA')).toEqual(new Set(['U0LOU']));
    await electorate.fresh(leads, 'U0LEA');
    expect(asked).toHaveLength(3);
  });

  it('remembers no failure', async () => {
    down = true;
    await expect(electorate.lately(leads, 'U0ADA')).rejects.toThrow('Slack is down');
    down = false;
    expect(await electorate.lately(leads, 'U0ADA')).toHaveLength(2);
  });
});
