import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchesLookup } from './branches.lookup.js';
import { RepositoryList } from './repository-list.js';

const signal = new AbortController().signal;

describe('branches of a Git repository', () => {
  let folder: string;
  const git = (...args: string[]): void => {
    execFileSync('/usr/bin/git', ['-C', join(folder, 'listed/shop'), ...args], { stdio: 'ignore' });
  };
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'quartermaster-git-')));
    mkdirSync(join(folder, 'listed/shop'), { recursive: true });
    mkdirSync(join(folder, 'secret'));
    symlinkSync(join(folder, 'secret'), join(folder, 'listed/way-out'));
    git('init', '--quiet', '--initial-branch=main');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '--quiet', '--allow-empty', '-m', 'x');
    git('branch', 'feature/cart');
    git('tag', 'v1.0.0');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const find = (repository: string, refs?: string) =>
    branchesLookup(new RepositoryList([join(folder, 'listed')])).find(
      { repository, ...(refs !== undefined && { refs }) },
      { signal },
    );

  it('are listed, with or without tags', async () => {
    const shop = join(folder, 'listed/shop');
    expect((await find(shop)).map(({ value }) => value)).toEqual(['feature/cart', 'main']);
    expect(await find(shop, 'tags')).toEqual([{ value: 'v1.0.0', title: 'v1.0.0', description: 'Tag' }]);
    expect(await find(shop, 'both')).toHaveLength(3);
  });

  it.each([['listed/../secret'], ['listed/way-out'], ['secret'], ['listedshop'], ['listed/none']])(
    'are not looked for in %s',
    async (path) => {
      await expect(find(`${folder}/${path}`)).rejects.toThrow('not on the list');
    },
  );

  it.each([
    '--upload-pack=touch /tmp/x',
    'ext::sh -c "touch /tmp/x"',
    'file:///etc',
    'git@git.example.org:acme/shop',
    'ssh://git.example.org/acme/shop',
    '-u',
    '',
  ])('are not looked for at %j', async (repository) => {
    await expect(find(repository)).rejects.toThrow();
  });

  it('that can’t be told are an error that may pass', async () => {
    mkdirSync(join(folder, 'listed/empty'), { recursive: true });
    await expect(find(join(folder, 'listed/empty'))).rejects.toMatchObject({ retryable: true });
  });
});

describe('the list of repositories', () => {
  const list = new RepositoryList(['https://git.example.org/acme/', 'https://git.example.org:8443/one.git']);

  it.each([
    'https://git.example.org/acme/shop',
    'https://git.example.org/acme/shop/',
    'https://GIT.example.org/acme/deep/er.git',
    'https://git.example.org/acme/x/../shop',
    'https://git.example.org:8443/one.git',
  ])('has %s', (address) => {
    expect(list.checked(address)).toMatch(/^https:\/\/git\.example\.org/);
  });

  it.each([
    'https://git.example.org/acmes',
    'https://git.example.org/acme/../other',
    'https://git.example.org/acme/%2e%2e/other',
    'https://git.example.org/acme/..%2fother',
    'https://git.example.org/acme\\..\\other',
    'https://git.example.org.evil.net/acme/shop',
    'https://user:pw@git.example.org/acme/shop',
    'http://git.example.org/acme/shop',
    'https://git.example.org/acme/shop?x=1',
    'https://git.example.org/acme/shop#x',
    'https://git.example.org/acme//etc',
    'https://git.example.org:8443/one.git.evil',
    'nonsense',
  ])('has not %s', (address) => {
    expect(() => list.checked(address)).toThrow('not on the list');
  });
});
