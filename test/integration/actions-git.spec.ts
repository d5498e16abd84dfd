import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { branchesLookup } from '../../src/orchestrator/actions/git/branches.lookup.js';
import { gitCommitAction } from '../../src/orchestrator/actions/git/commit.action.js';
import { Git } from '../../src/orchestrator/actions/git/git-session.js';
import { Remotes } from '../../src/orchestrator/actions/git/remotes.js';
import { gitRepositoryAction } from '../../src/orchestrator/actions/git/repository.action.js';
import { Templates } from '../../src/orchestrator/actions/git/template.js';
import { Programs } from '../../src/platform/programs/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { BareRepository } from '../builders/bare-repository.js';
import { GitHttpServer } from '../fakes/git-http-server.js';

describe('actions on Git', () => {
  let root: string;
  let repositories: string;
  let templates: string;
  let repo: BareRepository;
  let commit: ActionBench;
  const started: GitHttpServer[] = [];

  const bench = (
    allowed: string[],
    more: { ssh?: string; resolve?: () => Promise<string[]>; networks?: string[] } = {},
  ) => {
    const { networks = [], resolve } = more;
    const remotes = new Remotes({ allowed, networks, ...(resolve !== undefined && { resolve }) });
    const git = new Git(remotes, new Programs(), { git: '/usr/bin/git', ssh: more.ssh ?? '/usr/bin/ssh' });
    return new ActionBench(gitCommitAction(git, new Templates(templates), () => new Date('2026-11-23T10:00:00Z')));
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'qm-git-'));
    repositories = join(root, 'repositories');
    templates = join(root, 'templates');
    repo = new BareRepository(repositories, 'orders');
    commit = bench([repositories]);
  });
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const template = (name: string, files: Record<string, string>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(templates, name, path)), { recursive: true });
      writeFileSync(join(templates, name, path), text);
    }
  };
  const input = (more: JsonObject = {}): JsonObject => ({
    remote: repo.path,
    branch: 'main',
    files: { 'config/size.txt': '3\n' },
    message: 'Size of orders',
    ...more,
  });

  describe('git:commit', () => {
    it('plans what its examples say, and the difference it would make', async () => {
      for (const { input: example, plan } of commit.action.examples)
        expect((await commit.plan(example)).kind).toBe(plan);
      repo.commit({ 'a.txt': 'a', 'old/x.txt': 'x' });
      expect(await commit.plan(input())).toEqual({
        kind: 'create',
        summary: '1 file on main',
        details: ['new: config/size.txt', '   + 3'],
      });
      const overwriting = input({
        files: { 'x.txt': 'new', 'y.txt': 'y' },
        folder: 'old',
        prune: true,
        existing: 'overwrite',
      });
      expect((await commit.plan(overwriting)).details).toEqual([
        ...['changes: old/x.txt', '   - x', '   + new', 'new: old/y.txt', '   + y'],
      ]);
      expect((await commit.plan(input({ files: { 'y.txt': 'y' }, folder: 'old', prune: true }))).details).toEqual([
        'new: old/y.txt',
        '   + y',
        'goes: old/x.txt',
      ]);
      expect(await commit.plan(input({ files: { 'a.txt': 'a' } }))).toMatchObject({ kind: 'none' });
      expect(await commit.plan(input({ files: { 'a.txt': 'b' } }))).toMatchObject({ kind: 'cannot' });
      expect(await commit.plan(input({ branch: 'release' }))).toMatchObject({
        summary: '1 file on the new branch release',
      });
      expect(repo.branches()).toEqual(['main']);
    });

    it('shows no more of a difference than people read, and none of what is no text', async () => {
      repo.commit({ 'long.txt': 'same\nold\n', 'logo.bin': 'a\0b' });
      const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
      const files = { 'long.txt': `same\n${long}\n`, 'logo.bin': 'text now', 'more.txt': 'x' };
      const { details = [] } = await commit.plan(input({ files, existing: 'overwrite' }));
      expect(details.slice(0, 3)).toEqual(['changes: long.txt', '   - old', '   + line 0']);
      expect(details).toHaveLength(3 + 15);
      expect(details.slice(-3)).toEqual(['   …', 'changes: logo.bin', 'new: more.txt']);
    });

    it('makes the first commit of an empty repository, once for a key, and takes it back', async () => {
      const made = await commit.apply(input());
      const again = await commit.apply(input());
      expect(again).toEqual(made);
      expect(repo.files()).toEqual({ 'config/size.txt': '3' });
      expect(repo.git('log', '--format=%an|%ae|%aI|%B', 'main')).toBe(
        'Quartermaster|quartermaster@localhost|2026-11-23T10:00:00+00:00|Size of orders\n\n' +
          'Quartermaster-Key: key-1\nQuartermaster-Resource: res-test\nQuartermaster-Team: payments\n' +
          'Quartermaster-Environment: development\nQuartermaster-Request: req-test',
      );
      expect(await commit.read(made.state)).toEqual({ exists: true, detail: 'main has it' });
      await commit.destroy(made.state);
      await commit.destroy(made.state);
      expect(repo.files()).toEqual({});
      expect(repo.subjects()).toHaveLength(2);
      expect(await commit.read(made.state)).toEqual({ exists: false, detail: 'it was taken back' });
    });

    it('renders a template: names and texts, whole files left as they are, values never evaluated', async () => {
      template('service', {
        'README.md': '# ${{ values.name }}\n${{ values.text }}\n',
        'src/${{ values.name }}.ts': 'export const size = ${{ values.size * 2 }};\n',
        '${{ values.withDocs ? "docs" : "" }}/index.md': 'docs',
        '.github/workflows/ci.yml': 'run: ${{ github.sha }}\n',
        'run.sh': '#!/bin/sh\n',
      });
      chmodSync(join(templates, 'service/run.sh'), 0o755);
      writeFileSync(join(templates, 'service/logo.bin'), Buffer.from([0, 1, 2, 0x24, 0x7b, 0x7b]));
      const values = { name: 'orders', size: 21, withDocs: false, text: "${{ 'evil' }} $(reboot) `id`" };
      const made = await commit.apply(
        input({ files: {}, template: { name: 'service', values, verbatim: ['.github'] }, message: 'Start ${{ x }}' }),
      );
      expect(made.output).toMatchObject({ changed: true, files: 5 });
      const files = repo.files();
      expect(Object.keys(files).sort()).toEqual([
        '.github/workflows/ci.yml',
        'README.md',
        'logo.bin',
        'run.sh',
        'src/orders.ts',
      ]);
      expect(files['README.md']).toBe("# orders\n${{ 'evil' }} $(reboot) `id`");
      expect(files['src/orders.ts']).toBe('export const size = 42;');
      expect(files['.github/workflows/ci.yml']).toBe('run: ${{ github.sha }}');
      expect(repo.git('ls-tree', 'main', 'run.sh')).toMatch(/^100755/);
    });

    it.each([
      '../../../etc',
      'a/../../b',
      '/etc/passwd',
      '.git/hooks',
      'a\\b',
      '.GIT',
      'git~1',
      'a\nb',
      '-x',
      '..',
      'C:evil',
      '\u202Etxt',
    ])('lets no value lead out of the repository or into what Git keeps: %j', async (name) => {
      template('service', { '${{ values.name }}': 'x', 'dir/${{ values.name }}/f': 'x' });
      const wanted = input({ files: {}, template: { name: 'service', values: { name } } });
      expect(await commit.plan(wanted)).toMatchObject({ kind: 'cannot' });
      await expect(commit.apply(wanted)).rejects.toMatchObject({ retryable: false });
      expect(repo.branches()).toEqual([]);
    });

    it('never writes a path outside of the rules, whatever a value is', async () => {
      template('any', { 'f/${{ values.name }}': 'x' });
      const renderer = new Templates(templates);
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[./\\~g-]{1,12}$/)),
          async (name) => {
            const files = await renderer.render('any', { name }, []).catch(() => []);
            for (const { path } of files) expect(path).toMatch(/^f\/(?!\.{1,2}$|\.git$)[\w@+=,.()][^/\\]*$/i);
          },
        ),
        { numRuns: 300 },
      );
    });

    it('refuses a template that is a link, holds one, names a missing value, or is not there', async () => {
      template('good', { 'a.txt': '${{ values.missing.deep }}' });
      template('linked', { 'b.txt': 'x' });
      symlinkSync('/etc/passwd', join(templates, 'linked/passwd'));
      symlinkSync('/etc', join(templates, 'etc'));
      const plan = (name: string) => commit.plan(input({ files: {}, template: { name, values: {} } }));
      expect((await plan('good')).summary).toContain('values.missing.deep');
      expect((await plan('linked')).summary).toContain('no plain file');
      expect((await plan('etc')).summary).toContain('no template');
      expect((await plan('absent')).summary).toContain('no template');
      expect(commit.problems(input({ template: { name: '../good' } }))).toContain('template.name');
    });

    it('adopts what an interrupted attempt pushed, also when others went on since', async () => {
      const first = await commit.apply(input());
      repo.commit({ 'other.txt': 'x' });
      const again = await commit.apply(input());
      expect(again.output.commit).toBe(first.output.commit);
      expect(repo.subjects()).toEqual(['Something else', 'Size of orders']);
    });

    it('is not taken in by a key that only begins the same, or that a message quotes', async () => {
      await commit.apply(input(), 'run:1:1');
      repo.commit(
        { 'other.txt': 'x' },
        'About Quartermaster-Key: run:1:10 and so on\n\nMore text\nQuartermaster-Key: run:1:10 no',
      );
      const made = await commit.apply(input({ files: { 'b.txt': 'b' } }), 'run:1:10');
      expect(made.output.changed).toBe(true);
      expect(repo.files()['b.txt']).toBe('b');
    });

    it('is made again on top when the branch moves in between, without losing anybody’s work', async () => {
      repo.commit({ 'a.txt': '1' });
      let moves = 0;
      const made = await commit.apply(input(), 'key-1', {
        report: (line) => {
          if (!line.startsWith('Pushing') || moves >= 2) return;
          moves += 1;
          repo.commit({ 'a.txt': `moved ${moves}` });
        },
      });
      expect(moves).toBe(2);
      expect(repo.files()).toEqual({ 'a.txt': 'moved 2', 'config/size.txt': '3' });
      expect(repo.git('rev-parse', 'main')).toBe(made.output.commit);
    });

    it('gives up on a branch that never rests, to be tried again', async () => {
      repo.commit({ 'a.txt': '1' });
      let count = 0;
      const report = (line: string): void => {
        if (line.startsWith('Pushing')) repo.commit({ 'a.txt': String((count += 1)) });
      };
      await expect(commit.apply(input(), 'key-1', { report })).rejects.toMatchObject({ retryable: true });
      expect(repo.files()['config/size.txt']).toBeUndefined();
    });

    it('two at once both get through', async () => {
      repo.commit({ 'a.txt': '1' });
      const one = commit.apply(input({ files: { 'one.txt': '1' } }), 'key-1');
      const two = bench([repositories]).apply(input({ files: { 'two.txt': '2' } }), 'key-2');
      await Promise.all([one, two]);
      expect(Object.keys(repo.files())).toEqual(['a.txt', 'one.txt', 'two.txt']);
    });

    it('takes back only what is still as we left it; what was overwritten comes back', async () => {
      repo.commit({ 'a.txt': 'before', 'b.txt': 'b' });
      const made = await commit.apply(
        input({ files: { 'a.txt': 'ours', 'c.txt': 'ours', 'd.txt': 'ours' }, existing: 'overwrite' }),
      );
      repo.commit({ 'c.txt': 'theirs' });
      expect((await commit.read(made.state)).detail).toBe('main differs in c.txt');
      await commit.destroy(made.state);
      expect(repo.files()).toEqual({ 'a.txt': 'before', 'b.txt': 'b', 'c.txt': 'theirs' });
      expect(commit.reported).toContain('c.txt was changed since by somebody else and stays');
    });

    it('takes back an attempt that died after its push, and nothing for one that died before', async () => {
      repo.commit({ 'a.txt': 'a' });
      const intended = await commit.intend(input());
      await commit.destroy(intended);
      expect(repo.subjects()).toEqual(['Something else']);
      await commit.apply(input());
      await commit.destroy(intended);
      expect(repo.files()).toEqual({ 'a.txt': 'a' });
    });

    it('takes back what lies deeper than it searches, and never for what it can’t see the parent of', async () => {
      repo.commit({ 'a.txt': 'a' });
      const made = await commit.apply(input({ depth: 2, files: { 'a.txt': 'ours' }, existing: 'overwrite' }));
      for (const round of [1, 2, 3]) repo.commit({ [`${round}.txt`]: 'x' });
      await commit.destroy(made.state);
      expect(repo.files()).toEqual({ '1.txt': 'x', '2.txt': 'x', '3.txt': 'x', 'a.txt': 'a' });
    });

    it('begins a branch, and deletes it again while it is ours alone', async () => {
      repo.commit({ 'a.txt': 'a' });
      const made = await commit.apply(input({ branch: 'change/orders' }));
      expect(repo.branches()).toEqual(['change/orders', 'main']);
      await commit.destroy(made.state);
      expect(repo.branches()).toEqual(['main']);
      expect((await commit.read(made.state)).exists).toBe(false);
      const other = await commit.apply(input({ branch: 'shared' }), 'key-2');
      repo.commit({ 'theirs.txt': 'x' }, 'Theirs', 'shared');
      await commit.destroy(other.state);
      expect(repo.files('shared')).toEqual({ 'a.txt': 'a', 'theirs.txt': 'x' });
    });

    it('keeps what it is told to keep', async () => {
      const made = await commit.apply(input({ undo: 'keep' }));
      await commit.destroy(made.state);
      expect(repo.files()).toEqual({ 'config/size.txt': '3' });
    });

    it('runs no hook of ours, writes through no link of theirs, and refuses where a folder is a file', async () => {
      const outside = join(root, 'outside');
      mkdirSync(outside);
      const clone = join(root, 'evil');
      repo.commit({ 'file.txt': 'x' });
      repo.git('worktree', 'add', '--quiet', clone, 'main');
      symlinkSync(outside, join(clone, 'config'));
      const run = (...args: string[]) => repo.git('-C', clone, ...args);
      run('add', '--all');
      run('-c', 'user.name=e', '-c', 'user.email=e@e', 'commit', '--quiet', '-m', 'A link');
      repo.git('worktree', 'remove', '--force', clone);
      await expect(commit.apply(input())).rejects.toThrow('config is a file in the repository');
      await expect(commit.apply(input({ files: { 'file.txt/x': 'x' } }), 'key-2')).rejects.toThrow(
        'file.txt is a file',
      );
      expect(readdirSync(outside)).toEqual([]);
    });

    it('says what a hook of the server says', async () => {
      const hook = join(repo.path, 'hooks/pre-receive');
      mkdirSync(dirname(hook), { recursive: true });
      writeFileSync(hook, '#!/bin/sh\nexit 1\n');
      chmodSync(hook, 0o755);
      await expect(commit.apply(input())).rejects.toMatchObject({
        publicMessage: 'The Git server does not take it: pre-receive hook declined.',
        retryable: false,
      });
    });

    it.each([
      [{ remote: 'ext::sh -c id' }, 'remote'],
      [{ remote: '--upload-pack=id' }, 'remote'],
      [{ remote: 'git@git.example.org:orders.git' }, 'remote'],
      [{ remote: 'file:///etc' }, 'remote'],
      [{ remote: 'https://user:pass@git.example.org/x' }, 'remote'],
      [{ remote: 'ssh://-oProxyCommand=id/x' }, 'remote'],
      [{ remote: 'ssh://git@-oProxyCommand=id/x' }, 'remote'],
      [{ remote: 'https://git.example.org/a/../b' }, 'remote'],
      [{ remote: 'https://git.example.org/a%2f..%2fb' }, 'remote'],
      [{ branch: '--force' }, 'branch'],
      [{ branch: 'a..b' }, 'branch'],
      [{ branch: 'a b' }, 'branch'],
      [{ branch: '+main' }, 'branch'],
      [{ branch: 'main:other' }, 'branch'],
      [{ branch: 'HEAD' }, 'branch'],
      [{ branch: 'x.lock' }, 'branch'],
      [{ from: 'refs/../x' }, 'from'],
      [{ files: { '../x': '' } }, 'files.../x'],
      [{ files: { '.git/config': '' } }, 'files..git/config'],
      [{ files: { 'a/.GiT/config': '' } }, 'files.a/.GiT/config'],
      [{ folder: '/etc' }, 'folder'],
      [{ message: '' }, 'message'],
      [{ author: { name: 'x> <y', email: 'a' } }, 'author.name'],
      [{ author: { name: 'x\ncommitter y', email: 'a' } }, 'author.name'],
      [{ files: {} }, ''],
      [{ prune: true }, ''],
      [{ login: { ref: 'kv:a#1', password: 'hunter2' } }, 'login'],
    ])('refuses %j', async (wrong, field) => {
      expect(commit.problems(input(wrong as JsonObject))).toContain(field);
      await expect(commit.apply(input(wrong as JsonObject))).rejects.toMatchObject({ retryable: false });
    });

    it('touches only remotes that are listed, links and neighbours included', async () => {
      const other = new BareRepository(join(root, 'repositories-of-others'), 'theirs');
      symlinkSync(other.path, join(repositories, 'link.git'));
      for (const remote of [other.path, join(repositories, 'link.git'), join(repositories, '..', 'x'), '/etc'])
        await expect(commit.apply(input({ remote }), remote)).rejects.toMatchObject({ retryable: false });
      expect(other.branches()).toEqual([]);
      const strict = bench(['https://git.example.org/payments/'], { resolve: () => Promise.resolve(['10.0.0.1']) });
      const refusal = async (remote: string) => (await strict.plan(input({ remote }))).summary;
      expect(await refusal('https://git.example.org/payments-evil/x')).toMatch(/not on the list/);
      expect(await refusal('http://git.example.org/payments/x')).toMatch(/not on the list/);
      expect(await refusal('https://git.example.org.evil.net/payments/x')).toMatch(/not on the list/);
      expect(await refusal('https://git.example.org/payments/x')).toMatch(/private network/);
    });
  });

  describe('over HTTP', () => {
    const serve = async (): Promise<GitHttpServer> => {
      const server = await GitHttpServer.start(repositories, 'bot', 'very-secret-password');
      started.push(server);
      return server;
    };
    const login = async (on: ActionBench, password = 'very-secret-password') => ({
      ref: await on.secrets.put('git/login', { username: 'bot', password }, { idempotencyKey: password }),
    });

    it('pushes with a login that no argument, output or state shows', async () => {
      repo.commit({ 'a.txt': 'a' });
      const server = await serve();
      const over = bench([`${server.url}/`]);
      const wanted = input({ remote: `${server.url}/orders.git`, login: await login(over) });
      expect(await over.plan(wanted)).toMatchObject({ kind: 'create' });
      const made = await over.apply(wanted);
      expect(repo.files()).toEqual({ 'a.txt': 'a', 'config/size.txt': '3' });
      expect(JSON.stringify([made, over.reported])).not.toContain('very-secret');
      await over.destroy(made.state);
      expect(repo.files()).toEqual({ 'a.txt': 'a' });
    });

    it('connects to the address that was looked at, under the name that was asked for', async () => {
      const server = await serve();
      const prefix = `http://git.internal.example:${server.port}/`;
      const over = bench([prefix], { resolve: () => Promise.resolve(['127.0.0.1']), networks: ['127.0.0.0/8'] });
      await over.apply(input({ remote: `${prefix}orders.git`, login: await login(over) }));
      expect(repo.files()).toEqual({ 'config/size.txt': '3' });
    });

    it('refuses a wrong login for good, asks nobody for another, and follows no redirect', async () => {
      const server = await serve();
      const over = bench([`${server.url}/`]);
      const wanted = input({ remote: `${server.url}/orders.git`, login: await login(over, 'wrong-password') });
      await expect(over.apply(wanted)).rejects.toMatchObject({
        publicMessage: 'The Git server refused the login.',
        retryable: false,
      });
      await expect(over.apply(input({ remote: wanted.remote as string }), 'none')).rejects.toThrow(/refused the login/);
      const elsewhere = await serve();
      server.redirectTo = elsewhere.url;
      await expect(over.apply({ ...wanted, login: await login(over) }, 'other')).rejects.toThrow();
      expect(elsewhere.seen).toEqual([]);
    });

    it('says that it may work later when the server is away', async () => {
      const server = await serve();
      const over = bench([`${server.url}/`]);
      const wanted = input({ remote: `${server.url}/orders.git`, login: await login(over) });
      started.pop();
      await server.stop();
      await expect(over.apply(wanted)).rejects.toMatchObject({ retryable: true });
    });
  });

  describe('over SSH', () => {
    /** Stands in for ssh: notes how it was called and runs the other side here. */
    const fakeSsh = (): string => {
      const path = join(root, 'ssh');
      const script = `#!/usr/bin/env node
        const { spawnSync } = require('child_process'); const fs = require('fs');
        const args = process.argv.slice(2); const config = fs.readFileSync(args[1], 'utf8');
        fs.writeFileSync(${JSON.stringify(join(root, 'ssh-call'))}, JSON.stringify({ args, config, key: fs.readFileSync(/IdentityFile "(.*)"/.exec(config)[1], 'utf8'), environment: Object.keys(process.env) }));
        const [, program, repository] = /^(git-\\w+-pack) '(.*)'$/.exec(args.at(-1));
        process.exit(spawnSync('git', [program.slice(4), ${JSON.stringify(repositories)} + repository], { stdio: 'inherit' }).status);`;
      writeFileSync(path, script);
      chmodSync(path, 0o755);
      return path;
    };

    it('uses the given key and known hosts alone, and connects to the address that was looked at', async () => {
      const over = bench(['ssh://git@git.example.org/'], {
        ssh: fakeSsh(),
        resolve: () => Promise.resolve(['93.184.216.34']),
      });
      const ref = await over.secrets.put('git/key', { key: 'PRIVATE KEY OF BOT' }, { idempotencyKey: 'k' });
      const login = { ref, keyField: 'key', knownHosts: 'git.example.org ssh-ed25519 AAAA' };
      await over.apply(input({ remote: 'ssh://git@git.example.org/orders.git', login }));
      expect(repo.files()).toEqual({ 'config/size.txt': '3' });
      const call = JSON.parse(readFileSync(join(root, 'ssh-call'), 'utf8'));
      expect(call.key).toBe('PRIVATE KEY OF BOT\n');
      expect(call.args).toContain('git@git.example.org');
      for (const line of [
        'HostName 93.184.216.34',
        'HostKeyAlias git.example.org',
        'StrictHostKeyChecking yes',
        'BatchMode yes',
      ])
        expect(call.config).toContain(line);
      expect(call.environment).not.toContain('SSH_AUTH_SOCK');
      expect(existsSync(call.args[1])).toBe(false);
    });

    it('wants a key', async () => {
      const over = bench(['ssh://git@git.example.org/'], { resolve: () => Promise.resolve(['93.184.216.34']) });
      expect(await over.plan(input({ remote: 'ssh://git@git.example.org/x' }))).toMatchObject({ kind: 'cannot' });
    });
  });

  describe('git:branches', () => {
    it('offers the branches and tags of a listed repository, and of no other', async () => {
      repo.commit({ 'a.txt': 'a' });
      repo.git('branch', 'release/1');
      repo.git('tag', 'v1');
      const lookup = branchesLookup(new Git(new Remotes({ allowed: [repositories], networks: [] })));
      const signal = new AbortController().signal;
      const named = async (refs: string) =>
        (await lookup.find({ repository: repo.path, refs }, { signal })).map(({ value }) => value);
      expect(await named('branches')).toEqual(['main', 'release/1']);
      expect(await named('both')).toEqual(['main', 'release/1', 'v1']);
      await expect(lookup.find({ repository: '/etc' }, { signal })).rejects.toThrow(/not on the list/);
      await expect(lookup.find({ repository: '--upload-pack=id' }, { signal })).rejects.toThrow();
    });
  });

  describe('git:repository', () => {
    const repository = () => {
      const git = new Git(new Remotes({ allowed: [], networks: [] }));
      return new ActionBench(gitRepositoryAction(git, { folder: join(root, 'own'), url: 'https://git.example.org/' }));
    };

    it('is made once for a key, can be pushed to, and goes', async () => {
      const own = repository();
      expect((await own.plan({ name: 'billing' })).kind).toBe('create');
      const made = await own.apply({ name: 'billing', description: 'Bills' });
      expect(await own.apply({ name: 'billing', description: 'Bills' })).toEqual(made);
      expect(made.output).toEqual({
        remote: join(root, 'own/billing.git'),
        cloneUrl: 'https://git.example.org/billing.git',
        defaultBranch: 'main',
      });
      expect(readFileSync(join(root, 'own/billing.git/quartermaster-labels'), 'utf8')).toBe(
        'resource=res-test team=payments environment=development request=req-test\n',
      );
      await bench([join(root, 'own')]).apply(input({ remote: made.output.remote as string }));
      expect(await own.read(made.state)).toEqual({ exists: true, detail: 'repository billing is there' });
      expect((await own.plan({ name: 'billing' })).kind).toBe('cannot');
      await own.destroy(made.state);
      await own.destroy(made.state);
      expect(readdirSync(join(root, 'own'))).toEqual([]);
    });

    it('of somebody else is neither adopted nor removed; half of one is finished', async () => {
      const own = repository();
      mkdirSync(join(root, 'own/billing.git'), { recursive: true });
      await expect(own.apply({ name: 'billing' })).rejects.toThrow(/not ours/);
      await own.destroy(await own.intend({ name: 'billing' }));
      expect(existsSync(join(root, 'own/billing.git'))).toBe(true);
      await own.apply({ name: 'ledger' }, 'key-2');
      expect(readdirSync(join(root, 'own')).sort()).toEqual(['billing.git', 'ledger.git']);
    });

    it.each(['../x', 'a/b', '.hidden', '-x', 'X', 'a..b', 'a.git', 'a.', '', 'a\0b'])('refuses the name %j', (name) => {
      expect(repository().problems({ name })).toContain('name');
    });

    it('says so where there is no folder for them', async () => {
      const git = new Git(new Remotes({ allowed: [], networks: [] }));
      const nowhere = new ActionBench(gitRepositoryAction(git, { folder: null }));
      expect(await nowhere.plan({ name: 'billing' })).toMatchObject({ kind: 'cannot' });
    });
  });
});
