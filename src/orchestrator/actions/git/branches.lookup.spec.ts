import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchesLookup } from './branches.lookup.js';
import { guardedGit } from './git.actions.js';

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
    branchesLookup(guardedGit({ repositories: [join(folder, 'listed')] }, [])).find(
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
      await expect(find(`${folder}/${path}`)).rejects.toMatchObject({ retryable: false });
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

  it('of what is none are an error', async () => {
    mkdirSync(join(folder, 'listed/empty'), { recursive: true });
    await expect(find(join(folder, 'listed/empty'))).rejects.toThrow('no such Git repository');
  });
});
