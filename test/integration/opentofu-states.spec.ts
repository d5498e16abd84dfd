import { randomBytes } from 'node:crypto';
import { SealedStates } from '../../src/orchestrator/states/index.js';
import { LocalSecretStore, Redactor } from '../../src/secrets/index.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

const ID = 'res-1:main';
const TEXT = '{"version":4,"outputs":{"password":{"value":"pass-very-secret-1"}}}';

describe('what OpenTofu remembers', () => {
  let database: TestDatabase;
  let states: SealedStates;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await database.transactions.query('truncate opentofu_states, local_secrets');
    const secrets = new LocalSecretStore(database.transactions, randomBytes(32), new Redactor());
    states = new SealedStates(database.transactions, secrets);
  });
  afterAll(() => database.drop());
  const rows = (table: string) => database.transactions.query<Record<string, unknown>>(`select * from ${table}`);
  /** As if its holder had been silent for long. */
  const expire = () =>
    database.transactions.query(`update opentofu_states set locked_until = now() - interval '1 second'`);

  it('is sealed in the database, comes back as it was, and leaves nothing behind when it is forgotten', async () => {
    expect(await states.load(ID)).toEqual({ text: null, applied: null, appliedBy: null });
    expect(await states.lock(ID, 'a')).toBe(true);
    await states.noteApplied(ID, 'a', { variables: { size: 1 } }, 'run:1:1');
    await states.save(ID, 'a', TEXT);
    await states.save(ID, 'a', TEXT.replace('-1', '-2'));
    const [row] = await rows('opentofu_states');
    expect(String(row?.sealed)).not.toContain('very-secret');
    expect((row?.sealed as Buffer).includes('very-secret')).toBe(false);
    expect(await states.load(ID)).toEqual({
      text: TEXT.replace('-1', '-2'),
      applied: { variables: { size: 1 } },
      appliedBy: 'run:1:1',
    });
    expect(await rows('local_secrets')).toHaveLength(1);
    await states.forget(ID, 'a');
    await states.unlock(ID, 'a');
    expect([await rows('opentofu_states'), await rows('local_secrets')]).toEqual([[], []]);
  });

  it('has one holder; one that was silent for too long writes nothing any more', async () => {
    expect(await states.lock(ID, 'a')).toBe(true);
    expect(await states.lock(ID, 'a')).toBe(true);
    expect(await states.lock(ID, 'b')).toBe(false);
    await states.unlock(ID, 'b');
    expect(await states.lock(ID, 'b')).toBe(false);
    await expire();
    expect(await states.lock(ID, 'b')).toBe(true);
    const lost = { code: 'orchestrator.state_lock_lost' };
    await expect(states.save(ID, 'a', TEXT)).rejects.toMatchObject(lost);
    await expect(states.noteApplied(ID, 'a', {}, 'run:1:1')).rejects.toMatchObject(lost);
    await expect(states.forget(ID, 'a')).rejects.toMatchObject(lost);
    await states.save(ID, 'b', TEXT);
    await states.unlock(ID, 'b');
    expect((await states.load(ID)).text).toBe(TEXT);
  });

  it('goes to one of many that want it at the same moment', async () => {
    const holders = Array.from({ length: 12 }, (_, n) => `holder-${n}`);
    const won = await Promise.all(holders.map((holder) => states.lock(ID, holder)));
    expect(won.filter((isHeld) => isHeld)).toHaveLength(1);
  });

  it('can’t be opened in another place', async () => {
    await states.lock(ID, 'a');
    await states.save(ID, 'a', TEXT);
    await database.transactions.query(`update opentofu_states set id = 'res-2:main'`);
    await expect(states.load('res-2:main')).rejects.toThrow();
  });
});
