import { Triggers } from './triggers.js';

describe('trigger ids', () => {
  let now = 1_000_000;
  const triggers = new Triggers(() => now);
  const wordOf = (id: string): string => {
    try {
      return `for ${triggers.exchange(id).user}`;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('work once', () => {
    const id = triggers.issue({ user: 'U1' });
    expect([wordOf(id), wordOf(id)]).toEqual(['for U1', 'exchanged_trigger_id']);
  });

  it('work at the very end of the third second and not after it', () => {
    const [inTime, late] = [triggers.issue({ user: 'U1' }), triggers.issue({ user: 'U2' })];
    now += 3_000;
    expect(wordOf(inTime)).toBe('for U1');
    now += 1;
    expect(wordOf(late)).toBe('expired_trigger_id');
  });

  it('cannot be made up, and no two are alike', () => {
    expect(wordOf('1.2.3')).toBe('invalid_trigger_id');
    expect(triggers.issue({ user: 'U1' })).not.toBe(triggers.issue({ user: 'U1' }));
  });
});
