import { exceeds, type Likeness } from './likeness.js';

const agreed: Likeness = {
  itemName: 'postgres-database',
  itemDigest: 'sha256:2',
  teamId: 'payments',
  environment: 'production',
  parameters: { name: 'orders', notes: 'none', connections: 10, size: 'small', public: false, tags: ['a'] },
  freeText: ['name', 'notes'],
  leaseHours: 24,
  cost: { currency: 'EUR', hourly: 0.5, once: 2 },
  takes: { databases: 1 },
};
const but = (change: Partial<Likeness>): string | null => exceeds({ ...agreed, ...change }, agreed, ['name']);
const given = (parameters: object): string | null => but({ parameters: { ...agreed.parameters, ...parameters } });

describe('what was agreed to beforehand', () => {
  it('is the same or less, under another name', () => {
    expect(given({ name: 'ledger', connections: 3 })).toBeNull();
    expect(but({ leaseHours: 1, cost: { currency: 'EUR', hourly: 0, once: 0 }, takes: {} })).toBeNull();
  });

  it.each([
    ['another item', { itemName: 'demo-service' }, 'is another version'],
    ['another version of it', { itemDigest: 'sha256:3' }, 'is another version'],
    ['another team', { teamId: 'platform' }, 'is for somewhere else'],
    ['another environment', { environment: 'staging' }, 'is for somewhere else'],
    ['a longer lease', { leaseHours: 25 }, 'is for longer'],
    ['a higher cost', { cost: { currency: 'EUR', hourly: 0.51, once: 2 } }, 'costs more'],
    ['more at once', { cost: { currency: 'EUR', hourly: 0.5, once: 3 } }, 'costs more'],
    ['another currency', { cost: { currency: 'JPY', hourly: 0.1, once: 0 } }, 'is priced otherwise'],
    ['a cost that nobody can tell', { cost: null }, 'costs nobody knows what'],
    ['more of a quota', { takes: { databases: 2 } }, 'takes more databases'],
    ['another quota', { takes: { databases: 1, cpus: 1 } }, 'takes more cpus'],
  ])('is not %s', (_what, change, why) => {
    expect(but(change)).toBe(why);
  });

  it.each([
    ['a larger number', { connections: 11 }],
    ['a number below nothing', { connections: -1 }],
    ['another choice', { size: 'large' }],
    ['another answer', { public: true }],
    ['another list', { tags: ['a', 'b'] }],
    ['a text that may not differ', { notes: 'drop all' }],
    ['a text that is none', { name: { toString: 'x' } }],
    ['a parameter more', { extra: 'x' }],
  ])('is not %s', (_what, parameters) => {
    expect(given(parameters)).toMatch(/^differs in /);
  });

  it('lets no more differ than is free text', () => {
    expect(exceeds({ ...agreed, parameters: { ...agreed.parameters, size: 'large' } }, agreed, ['name', 'size'])).toBe(
      'differs in size',
    );
    const { name: _name, ...less } = agreed.parameters;
    expect(but({ parameters: less })).toBe('differs in name');
  });
});
