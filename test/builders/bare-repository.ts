import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

/** A bare repository on this machine, and somebody else who works on it with an ordinary clone. */
export class BareRepository {
  readonly path: string;
  private readonly clone: string;

  constructor(folder: string, name: string) {
    this.path = join(folder, `${name}.git`);
    this.clone = join(folder, `${name}-clone`);
    mkdirSync(folder, { recursive: true });
    this.run(folder, 'init', '--quiet', '--bare', '--initial-branch=main', this.path);
  }

  git(...args: string[]): string {
    return this.run(this.path, ...args);
  }

  /** Somebody else's push. */
  commit(files: Record<string, string | null>, message = 'Something else', branch = 'main'): string {
    rmSync(this.clone, { recursive: true, force: true });
    this.run(dirname(this.path), 'clone', '--quiet', this.path, this.clone);
    const exists = this.branches().includes(branch);
    this.run(this.clone, 'checkout', '--quiet', ...(exists ? [branch] : ['-B', branch]));
    for (const [path, text] of Object.entries(files)) {
      const whole = join(this.clone, path);
      mkdirSync(dirname(whole), { recursive: true });
      if (text === null) rmSync(whole);
      else writeFileSync(whole, text);
    }
    this.run(this.clone, 'add', '--all');
    this.run(this.clone, 'commit', '--quiet', '--allow-empty', '-m', message);
    this.run(this.clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    return this.git('rev-parse', branch);
  }

  branches(): string[] {
    return this.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')
      .split('\n')
      .filter((name) => name !== '');
  }

  /** Path to text. */
  files(branch = 'main'): Record<string, string> {
    const names = this.git('ls-tree', '-r', '--name-only', '--full-tree', branch)
      .split('\n')
      .filter((name) => name !== '');
    return Object.fromEntries(names.map((name) => [name, this.run(this.path, 'show', `${branch}:${name}`)]));
  }

  subjects(branch = 'main'): string[] {
    return this.git('log', '--format=%s', branch).split('\n');
  }

  private run(folder: string, ...args: string[]): string {
    return execFileSync('git', args, {
      cwd: folder,
      env: ENVIRONMENT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }
}
