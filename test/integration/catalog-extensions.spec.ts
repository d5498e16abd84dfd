import { CatalogLoader, Expressions, formFields } from '../../src/catalog/index.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../builders/database.js';
import { KnownActions } from '../fakes/known-actions.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('offers only PostgreSQL extensions that the embedded server can really switch on', async () => {
  const { loaded } = await new CatalogLoader(new Expressions(), new KnownActions()).items('catalog/items');
  const item = loaded.map(({ value }) => value).find(({ name }) => name === 'postgres-database');
  const offered = formFields(item!).find(({ name }) => name === 'extensions')?.options ?? [];
  expect(offered.length).toBeGreaterThan(5);
  const name = new URL(database.url).pathname.slice(1);
  await asAdmin(
    database.serverUrl,
    async (admin) => {
      for (const { value } of offered) await admin.query(`create extension "${value}"`);
      const { rows } = await admin.query<{ extname: string }>('select extname from pg_extension');
      expect(rows.map(({ extname }) => extname)).toEqual(expect.arrayContaining(offered.map(({ value }) => value)));
    },
    name,
  );
});
