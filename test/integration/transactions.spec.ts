import { createTestDatabase, type TestDatabase } from '../builders/database.js';

describe('Transactions on a real PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.transactions.query('create table counters (id int primary key, n int not null)');
    await database.transactions.query('insert into counters values (1, 0), (2, 0)');
  });
  afterAll(() => database.drop());

  it('rolls back everything when the work throws', async () => {
    const work = database.transactions.run(async (tx) => {
      await tx.query('update counters set n = 99 where id = 1');
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    const [row] = await database.transactions.query<{ n: number }>('select n from counters where id = 1');
    expect(row?.n).toBe(0);
  });

  it('tries again after a deadlock, so that both of two crossing transactions commit', async () => {
    await database.transactions.query('update counters set n = 0');
    const gates = new Map<number, () => void>();
    const bothHoldOne = Promise.all([1, 2].map((id) => new Promise<void>((open) => gates.set(id, open))));
    const cross = (first: number, second: number): Promise<void> =>
      database.transactions.run(async (tx) => {
        await tx.query('update counters set n = n + 1 where id = $1', [first]);
        gates.get(first)?.();
        await bothHoldOne;
        await tx.query('update counters set n = n + 1 where id = $1', [second]);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    const rows = await database.transactions.query<{ n: number }>('select n from counters order by id');
    expect(rows.map((row) => row.n)).toEqual([2, 2]);
  });

  it('answers the rows of an update with returning', async () => {
    const rows = await database.transactions.run((tx) =>
      tx.query<{ id: number }>('update counters set n = 7 where id = 2 returning id'),
    );
    expect(rows).toEqual([{ id: 2 }]);
  });
});
