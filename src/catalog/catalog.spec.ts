import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { KnownActions } from '../../test/fakes/known-actions.js';
import { RememberedVersions } from '../../test/fakes/remembered-versions.js';
import { formatProblem } from '../platform/documents/index.js';
import { Catalog } from './catalog.js';
import { Expressions } from './expressions.js';
import { CatalogLoader } from './loading/catalog-loader.js';

let catalogDir: string;
const versions = (): RememberedVersions => new RememberedVersions();
const write = (source: string): void => {
  writeFileSync(join(catalogDir, 'items', 'demo-service.yaml'), source);
};

function catalogOn(store: RememberedVersions): Catalog {
  const loader = new CatalogLoader(new Expressions(), new KnownActions());
  return new Catalog({ catalogDir, runbooksDir: 'runbooks' }, loader, store);
}

beforeEach(() => {
  Logger.overrideLogger(false);
  catalogDir = mkdtempSync(join(tmpdir(), 'catalog-'));
  mkdirSync(join(catalogDir, 'items'));
  for (const name of ['demo-service.yaml', 'postgres-database.yaml'])
    copyFileSync(join('catalog/items', name), join(catalogDir, 'items', name));
});
afterEach(() => {
  rmSync(catalogDir, { recursive: true });
});

it('keeps the last good version of a file that is broken by an edit', async () => {
  const catalog = catalogOn(versions());
  await catalog.reload();
  const before = catalog.item('demo-service');
  write('name: demo-service\ntitle: [');
  await catalog.reload();
  expect(catalog.item('demo-service')).toEqual(before);
  expect(catalog.problems()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ file: 'catalog/items/demo-service.yaml', severity: 'error' }),
      expect.objectContaining({
        message: 'demo-service 1.1.0, the last good version, stays in use',
        severity: 'warning',
      }),
    ]),
  );
});

it('finds the last good version in the database after a restart', async () => {
  const store = versions();
  await catalogOn(store).reload();
  write(': : :');
  const restarted = catalogOn(store);
  await restarted.reload();
  expect(restarted.item('demo-service').version).toBe('1.1.0');
});

it('goes on without a file that was never good, and says so', async () => {
  write('name: 5');
  const catalog = catalogOn(versions());
  await catalog.reload();
  expect(catalog.list().map(({ name }) => name)).toEqual(['postgres-database']);
  expect(catalog.problems()).toEqual(
    expect.arrayContaining([expect.objectContaining({ message: 'nothing of this file is in use' })]),
  );
});

it('finds every version there ever was by its digest, and no other', async () => {
  const store = versions();
  const catalog = catalogOn(store);
  await catalog.reload();
  const old = catalog.item('demo-service');
  const source = store.versions.find(({ name }) => name === 'demo-service')?.source ?? '';
  write(source.replace('version: 1.1.0', 'version: 1.2.0'));
  await catalog.reload();
  expect(catalog.item('demo-service').version).toBe('1.2.0');
  expect(await catalog.findVersion('demo-service', old.digest)).toEqual(old);
  expect(await catalog.findVersion('postgres-database', old.digest)).toBeNull();
  expect(await catalog.findRunbookVersion('postgres-locks', catalog.runbook('postgres-locks').digest)).toEqual(
    catalog.runbook('postgres-locks'),
  );
});

it('stays as it was when the database cannot be reached', async () => {
  const store = versions();
  const catalog = catalogOn(store);
  await catalog.reload();
  store.store = () => Promise.reject(new Error('down'));
  await expect(catalog.reload()).rejects.toThrow('down');
  expect(catalog.list()).toHaveLength(2);
});

it('says so when the folder is not there', async () => {
  rmSync(join(catalogDir, 'items'), { recursive: true });
  const catalog = catalogOn(versions());
  await catalog.reload();
  expect(catalog.problems()).toEqual(
    expect.arrayContaining([expect.objectContaining({ file: 'catalog/items', severity: 'error' })]),
  );
});

it('warns of a runbook for something the catalog does not have, but offers it', async () => {
  rmSync(join(catalogDir, 'items', 'postgres-database.yaml'));
  const catalog = catalogOn(versions());
  await catalog.reload();
  expect(catalog.runbooks()).toHaveLength(2);
  expect(catalog.problems().map(({ message }) => message)).toEqual(
    expect.arrayContaining(['nothing in the catalog is called “postgres-database”']),
  );
});

describe('the numbers of versions', () => {
  const file = 'catalog/items/demo-service.yaml';
  let source: string;
  beforeEach(() => {
    source = readFileSync(join(catalogDir, 'items', 'demo-service.yaml'), 'utf8');
  });
  const problems = (catalog: Catalog): string[] =>
    catalog
      .problems()
      .filter((problem) => problem.file === file)
      .map(formatProblem);

  it('refuses a changed document with an unchanged number, says which to write, and goes on with what was offered', async () => {
    const catalog = catalogOn(versions());
    await catalog.reload();
    const before = catalog.item('demo-service');
    write(source.replace('Makes nothing real', 'Makes nothing'));
    await catalog.reload();
    expect(catalog.item('demo-service')).toEqual(before);
    expect(problems(catalog)).toEqual([
      expect.stringMatching(
        /^catalog\/items\/demo-service\.yaml:7:10: something else was offered as 1\.1\.0.*write “version: 1\.1\.1”/,
      ),
      expect.stringContaining('demo-service 1.1.0, the last good version, stays in use'),
    ]);
    write(source.replace('Makes nothing real', 'Makes nothing').replace('version: 1.1.0', 'version: 1.1.1'));
    await catalog.reload();
    expect(catalog.item('demo-service').summary).toMatch(/^Makes nothing\./);
    expect(problems(catalog)).toEqual([]);
  });

  it('refuses a lower number than was offered, also to a replica that never saw the higher one', async () => {
    const store = versions();
    const [here, there] = [catalogOn(store), catalogOn(store)];
    await there.reload();
    write(source.replace('version: 1.1.0', 'version: 1.10.0'));
    await here.reload();
    write(source);
    await there.reload();
    for (const catalog of [here, there, catalogOn(store)]) {
      await catalog.reload();
      expect(catalog.item('demo-service').version).toBe('1.10.0');
      expect(problems(catalog)[0]).toMatch(/1\.1\.0 is lower than 1\.10\.0.*write “version: 1\.10\.1”/);
    }
  });

  it('lets a draft change as often as its author likes', async () => {
    const catalog = catalogOn(versions());
    const draft = source.replace('lifecycle: active', 'lifecycle: draft').replace('demo-service', 'sketch');
    for (const summary of ['Makes one thing', 'Makes two things', 'Makes three things']) {
      write(draft.replace('Makes nothing real', summary));
      await catalog.reload();
      expect(catalog.item('sketch').summary).toContain(summary);
    }
    write(source.replace('demo-service', 'sketch'));
    await catalog.reload();
    expect([catalog.item('sketch').lifecycle, problems(catalog)]).toEqual(['active', []]);
  });

  it('takes examples for tests, not for part of a version', async () => {
    const catalog = catalogOn(versions());
    await catalog.reload();
    const { digest } = catalog.item('demo-service');
    write(source.replace(/examples:\n {2}- title[\s\S]*$/, ''));
    await catalog.reload();
    expect([catalog.item('demo-service').examples, catalog.item('demo-service').digest, problems(catalog)]).toEqual([
      undefined,
      digest,
      [],
    ]);
  });
});

it('keeps everything when the folder cannot be read for a while', async () => {
  const catalog = catalogOn(versions());
  await catalog.reload();
  renameSync(join(catalogDir, 'items'), join(catalogDir, 'away'));
  await catalog.reload();
  expect(catalog.list()).toHaveLength(2);
  renameSync(join(catalogDir, 'away'), join(catalogDir, 'items'));
  await catalog.reload();
  expect(catalog.problems()).toEqual([]);
});

it('keeps the last good version of a file that cannot be read', async () => {
  const catalog = catalogOn(versions());
  await catalog.reload();
  rmSync(join(catalogDir, 'items', 'demo-service.yaml'));
  mkdirSync(join(catalogDir, 'real'));
  symlinkSync(join(catalogDir, 'real'), join(catalogDir, 'items', 'demo-service.yaml'));
  await catalog.reload();
  expect(catalog.item('demo-service').version).toBe('1.1.0');
});

it('does not offer any more what is deleted, and still finds its versions', async () => {
  const catalog = catalogOn(versions());
  await catalog.reload();
  const { digest } = catalog.item('demo-service');
  rmSync(join(catalogDir, 'items', 'demo-service.yaml'));
  await catalog.reload();
  expect(() => catalog.item('demo-service')).toThrow('no catalog item');
  expect(await catalog.findVersion('demo-service', digest)).toMatchObject({ name: 'demo-service' });
});

it('carries out reloads one after the other, and the last one counts', async () => {
  const catalog = catalogOn(versions());
  const source = readFileSync(join(catalogDir, 'items', 'demo-service.yaml'), 'utf8');
  const reloads: Promise<void>[] = [];
  for (const minor of [2, 3, 4]) {
    write(source.replace('version: 1.1.0', `version: 1.${minor}.0`));
    reloads.push(catalog.reload());
  }
  await Promise.all(reloads);
  expect(catalog.item('demo-service').version).toBe('1.4.0');
});

describe('references to other files', () => {
  const source = readFileSync('catalog/items/demo-service.yaml', 'utf8');
  const warnings = async (from: string, to: string): Promise<string[]> => {
    expect(source).toContain(from);
    write(source.replace(from, to));
    const catalog = catalogOn(versions());
    await catalog.reload();
    expect(catalog.item('demo-service').name).toBe('demo-service');
    return catalog.problems().map(formatProblem);
  };

  it.each([
    ['lifecycle: deprecated', /nobody learns what to take instead; add “successor: <item>”/],
    ['lifecycle: deprecated\nsuccessor: postgres-databse', /not in the catalog; write “postgres-database” instead/],
    ['lifecycle: retired\nsuccessor: demo-service', /its own successor/],
    ['lifecycle: active\nrunbooks: [postgres-lock]', /no runbook “postgres-lock”; write “postgres-locks” instead/],
  ])('warns of %j', async (to, warning) => {
    expect(await warnings('lifecycle: active', to)).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    'lifecycle: deprecated\nsuccessor: postgres-database',
    'lifecycle: active\nrunbooks: [postgres-locks, "https://wiki.example.org/x"]',
  ])('finds nothing wrong with %j', async (to) => {
    expect(await warnings('lifecycle: active', to)).toEqual([]);
  });
});

it('warns of a successor that is on its way out itself', async () => {
  const source = readFileSync(join(catalogDir, 'items', 'postgres-database.yaml'), 'utf8');
  writeFileSync(
    join(catalogDir, 'items', 'postgres-database.yaml'),
    source.replace('lifecycle: active', 'lifecycle: deprecated\nsuccessor: demo-service'),
  );
  const demo = readFileSync(join(catalogDir, 'items', 'demo-service.yaml'), 'utf8');
  write(demo.replace('lifecycle: active', 'lifecycle: retired'));
  const catalog = catalogOn(versions());
  await catalog.reload();
  expect(catalog.problems().map(({ message }) => message)).toEqual(['its successor “demo-service” is retired itself']);
});
