import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { KnownActions } from '../../test/fakes/known-actions.js';
import { RememberedVersions } from '../../test/fakes/remembered-versions.js';
import { Catalog } from './catalog.js';
import { CatalogLoader } from './catalog-loader.js';
import { Expressions } from './expressions.js';

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
