import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Notices } from '../../src/platform/changes/index.js';
import type { DocumentProblem } from '../../src/platform/documents/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { checkoutOf } from '../../src/upkeep/index.js';
import { ReviewReminder } from '../../src/upkeep/review-reminder.js';
import { TellMistakes } from '../../src/upkeep/tell-mistakes.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

const options = { catalogDir: '/nowhere', runbooksDir: '/nowhere', channel: 'audit' };
const team = { id: 'platform', title: 'Platform', channel: 'team-platform', approvalsChannel: 'approvals' };
const items = [
  {
    name: 'old',
    title: 'Old',
    owner: 'platform',
    reviewBy: '2026-10-01',
    lifecycle: 'active',
    file: 'catalog/items/old.yaml',
  },
  {
    name: 'fresh',
    title: 'Fresh',
    owner: 'platform',
    reviewBy: '2027-01-01',
    lifecycle: 'active',
    file: 'catalog/items/fresh.yaml',
  },
  {
    name: 'gone',
    title: 'Gone',
    owner: 'platform',
    reviewBy: '2025-01-01',
    lifecycle: 'retired',
    file: 'catalog/items/gone.yaml',
  },
];
const catalog = { list: () => items } as never;
const policy = { teams: () => [team] } as never;

describe('what owners are told', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => database.dataSource.query('delete from notices; delete from broken_files;'));

  const told = () =>
    database.transactions.query<{ recipient: unknown; template: string; data: Record<string, unknown> }>(
      'select recipient, template, data from notices order by key',
    );
  const replica = () =>
    new TellMistakes(database.transactions, new Notices((value) => value), catalog, policy, options);
  const mistake = (file: string, message = 'title is missing'): DocumentProblem => ({
    file,
    line: 3,
    column: 1,
    message,
    remedy: 'write “title: <string>”',
    severity: 'error',
  });

  it('is each mistake once, however many replicas read the file and however often', async () => {
    const found = [mistake('catalog/items/old.yaml'), { ...mistake('catalog/quotas.yaml'), line: 9 }];
    await Promise.all([1, 2, 3].map(() => replica().tell(found)));
    await replica().tell(found);
    expect(await told()).toEqual([
      expect.objectContaining({
        template: 'file-broken',
        recipient: { kind: 'channel', channel: 'team-platform' },
        data: expect.objectContaining({ lines: ['3:1 title is missing; write “title: <string>”'] }),
      }),
      expect.objectContaining({ recipient: { kind: 'channel', channel: 'audit' } }),
    ]);
  });

  it('is another mistake in the same file, but no warning, and not the same one again when a replica was late', async () => {
    await replica().tell([mistake('catalog/items/old.yaml')]);
    await replica().tell([{ ...mistake('catalog/items/old.yaml'), severity: 'warning' }]);
    await replica().tell([mistake('catalog/items/old.yaml')]);
    expect(await told()).toHaveLength(1);
    await replica().tell([mistake('catalog/items/old.yaml', 'something else')]);
    expect(await told()).toHaveLength(2);
  });

  it('is what wants a review: one message a month for a team, on every replica and every day the same', async () => {
    let today = '2026-11-23T08:00:00Z';
    const clock = { now: () => new Date(today) };
    const reminder = () =>
      new ReviewReminder(catalog, policy, database.transactions, new Notices((value) => value), clock, Logger.silent());
    await Promise.all([reminder().tick(), reminder().tick()]);
    today = '2026-11-30T08:00:00Z';
    await reminder().tick();
    expect(await told()).toEqual([
      expect.objectContaining({
        template: 'review-due',
        recipient: { kind: 'channel', channel: 'team-platform' },
        data: { team: 'Platform', items: [{ name: 'old', title: 'Old', reviewBy: '2026-10-01' }] },
      }),
    ]);
    today = '2026-12-01T08:00:00Z';
    await reminder().tick();
    expect(await told()).toHaveLength(2);
  });
});

describe('a catalog from a Git repository', () => {
  let home: string;
  let [source, folder] = ['', ''];
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', source, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      encoding: 'utf8',
    });
  const commit = (text: string): string => {
    writeFileSync(join(source, 'catalog/items/a.yaml'), text);
    git('add', '-A');
    git('commit', '--quiet', '-m', text);
    return git('rev-parse', 'HEAD').trim();
  };
  const checkout = (ref: string, url = source) =>
    checkoutOf({ git: { url, ref, folder, networks: [] } }, Logger.silent());
  const inUse = (): string => readFileSync(join(folder, 'current/catalog/items/a.yaml'), 'utf8');

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'quartermaster-upkeep-')));
    [source, folder] = [join(home, 'source'), join(home, 'fetched')];
    mkdirSync(join(source, 'catalog/items'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    commit('first');
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('follows its branch, whole commit by whole commit', async () => {
    const main = checkout('main');
    await main.prepare();
    expect(inUse()).toBe('first');
    expect(await main.follow()).toBe(false);
    commit('second');
    expect(await main.follow()).toBe(true);
    expect(inUse()).toBe('second');
    commit('third');
    await main.follow();
    commit('fourth');
    await main.follow();
    expect(inUse()).toBe('fourth');
  });

  it('stays at the commit or the tag that is named', async () => {
    const first = git('rev-parse', 'HEAD').trim();
    git('tag', '-a', 'v1', '-m', 'one');
    commit('second');
    await checkout(first).prepare();
    expect(inUse()).toBe('first');
    await checkout('main').prepare();
    expect(inUse()).toBe('second');
    await checkout('v1').prepare();
    expect(inUse()).toBe('first');
  });

  it('goes on with what was fetched when the repository is gone, and says what to check when nothing was', async () => {
    await checkout('main').prepare();
    rmSync(source, { recursive: true });
    await checkout('main').prepare();
    expect(inUse()).toBe('first');
    folder = join(home, 'elsewhere');
    await expect(checkout('main').prepare()).rejects.toMatchObject({ code: 'upkeep.no_catalog' });
  });

  it('lets no link lead out of the repository, and runs nothing that is in it', async () => {
    writeFileSync(join(home, 'secret'), 'secret');
    symlinkSync(join(home, 'secret'), join(source, 'catalog/items/link.yaml'));
    writeFileSync(join(source, '.gitattributes'), '*.yaml filter=evil\n');
    git('config', 'filter.evil.smudge', `touch ${join(home, 'ran')}`);
    commit('second');
    await checkout('main').prepare();
    expect(readFileSync(join(folder, 'current/catalog/items/link.yaml'), 'utf8')).toBe(join(home, 'secret'));
    expect(existsSync(join(home, 'ran'))).toBe(false);
  });

  it('fetches from nowhere but the one repository, by no other way', async () => {
    await expect(checkout('main', 'ext::sh -c "touch x"').prepare()).rejects.toMatchObject({
      code: 'upkeep.no_catalog',
    });
    await expect(checkout('--upload-pack=x').prepare()).rejects.toMatchObject({ code: 'upkeep.no_catalog' });
  });
});
