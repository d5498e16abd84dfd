import { readdirSync, readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { RememberedVersions } from '../../test/fakes/remembered-versions.js';
import { offlineActions } from '../authors/offline-actions.js';
import { formatProblem } from '../platform/documents/index.js';
import { Catalog } from './catalog.js';
import { itemProblems } from './check-item.js';
import { runbookProblems } from './check-runbook.js';
import { Expressions } from './expressions.js';
import { formFields } from './form-fields.js';
import { itemParser } from './item-parser.js';
import { lintCatalog } from './lint-catalog.js';
import { CatalogLoader } from './loading/catalog-loader.js';
import { loadDocuments } from './loading/load-documents.js';
import { runbookParser } from './runbook-parser.js';
import { validateParameters } from './validate-parameters.js';

const expressions = new Expressions();
const request = { id: 'req-00000001', team: 'payments', environment: 'development', requesterId: 'U001', reason: '' };

async function shipped(): Promise<Catalog> {
  const catalog = new Catalog(
    { catalogDir: 'catalog', runbooksDir: 'runbooks' },
    new CatalogLoader(expressions, offlineActions()),
    new RememberedVersions(),
  );
  await catalog.reload();
  return catalog;
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('the catalog we ship', () => {
  it('loads every file without a problem', async () => {
    const catalog = await shipped();
    expect(catalog.problems().map(formatProblem)).toEqual([]);
    expect(catalog.list()).toHaveLength(readdirSync('catalog/items').length);
    expect(catalog.runbooks()).toHaveLength(readdirSync('runbooks').length);
  });

  it('passes the linter, which tells what is wrong without a database', async () => {
    const folders = { catalogDir: 'catalog', runbooksDir: 'runbooks' };
    expect(await lintCatalog(folders, offlineActions())).toMatchObject({
      items: expect.arrayContaining(['postgres-database']),
      problems: [],
    });
    const nothing = await lintCatalog({ catalogDir: 'nowhere', runbooksDir: 'nowhere' }, offlineActions());
    expect(nothing.problems).toHaveLength(2);
  });

  it('asks for a database with every kind of field in the order of its schema', async () => {
    const item = (await shipped()).item('postgres-database');
    expect(formFields(item).map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['name', 'text', true],
      ['size', 'enum', true],
      ['extensions', 'multi-enum', false],
      ['contact', 'person', false],
      ['purpose', 'multiline', false],
    ]);
  });

  it('gives every step of every item an input its action accepts, once expressions have values', async () => {
    const actions = offlineActions();
    const entered: Record<string, object> = {
      'postgres-schema': { database: 'orders', schema: 'reports' },
      'service-profile': { name: 'orders', kind: 'worker', queue: 'jobs', network: {} },
    };
    const given: Record<string, string> = {
      namespace: 'a-namespace',
      secretRef: 'kv:a-secret#1',
      remote: '/srv/git/a.git',
    };
    for (const item of (await shipped()).list()) {
      const checked = validateParameters(item, entered[item.name] ?? item.examples?.[0]?.parameters ?? {});
      expect(checked).toMatchObject({ ok: true });
      const params = checked.ok ? checked.value : {};
      const steps: Record<string, { output: Record<string, string> }> = {};
      for (const step of item.steps) {
        if (step.if !== undefined && !expressions.condition(step.if, { params, request, steps })) continue;
        const input = expressions.evaluate(step.with, { params, request, steps });
        expect(actions.inputProblems(step.action, input as never)).toEqual([]);
        const outputs = actions.describe().find((action) => action.id === step.action)?.outputs ?? [];
        steps[step.name] = {
          output: Object.fromEntries(outputs.map((name) => [name, given[name] ?? `${name}_value`])),
        };
      }
      expect(expressions.evaluate({ ...item.outputs }, { params, request, steps })).toEqual(expect.any(Object));
      expect(expressions.evaluate(item.resource.title, { params, request })).toEqual(expect.any(String));
    }
  });

  it('offers both runbooks for a database, and none for what they do not fit', async () => {
    const catalog = await shipped();
    expect(
      catalog
        .runbooksFor({ itemName: 'postgres-database', kind: 'postgres-database' })
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['postgres-locks', 'postgres-too-many-connections']);
    expect(catalog.runbooksFor({ itemName: 'demo-service', kind: 'demo-service' })).toEqual([]);
  });

  it.each([['pg_secret'], ['pg_'], ['PG_x'], ['x; drop schema public'], ['ab']])(
    'refuses the schema name %s',
    async (schema) => {
      const item = (await shipped()).item('postgres-schema');
      expect(validateParameters(item, { database: 'orders', schema })).toMatchObject({
        ok: false,
        errors: [{ field: 'schema' }],
      });
    },
  );

  it.each([['reporting'], ['pgstats'], ['page_views'], ['p_1']])('takes the schema name %s', async (schema) => {
    const item = (await shipped()).item('postgres-schema');
    expect(validateParameters(item, { database: 'orders', schema })).toMatchObject({ ok: true });
  });

  it('shows catalog authors examples that load', () => {
    const blocks = [...readFileSync('docs/catalog-authors.md', 'utf8').matchAll(/```yaml\n(name: [\s\S]*?)```/g)].map(
      ([, yaml = '']) => yaml,
    );
    const [item = '', runbook = ''] = blocks;
    const checkers = { expressions, actions: offlineActions() };
    const items = loadDocuments('item', [{ file: 'item.yaml', source: item }], itemParser, (document, value) =>
      itemProblems(document, value, checkers),
    );
    expect(items).toMatchObject({ problems: [], loaded: [expect.anything()] });
    const books = loadDocuments(
      'runbook',
      [{ file: 'runbook.yaml', source: runbook }],
      runbookParser,
      (document, value) =>
        runbookProblems(document, value, [{ ...items.loaded[0]!.value, outputs: { database: '' } }], checkers),
    );
    expect(books).toMatchObject({ problems: [], loaded: [expect.anything()] });
  });

  it('finds what was meant by a mistyped name', async () => {
    const catalog = await shipped();
    expect(catalog.suggest('postgers-database')).toEqual(['postgres-database']);
    expect(catalog.suggest('sql')).toContain('postgres-database');
    expect(catalog.suggest('zzzzzzzz')).toEqual([]);
    expect(() => catalog.item('postgres-databse')).toThrow(/Did you mean postgres-database/);
  });

  it('does not repeat what was typed when it knows no such item', async () => {
    const catalog = await shipped();
    expect(() => catalog.item('<!channel> *x*')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('channel>') }),
    );
  });
});
