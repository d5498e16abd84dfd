import { mkdir, mkdtemp, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git, GitSession } from '../orchestrator/index.js';
import { NoSecrets } from '../orchestrator/index.js';
import { Logger } from '../platform/logging/index.js';
import { AppError, messageOf } from '../shared/index.js';
import type { GitSource } from './upkeep.options.js';

const COMMIT = /^[0-9a-f]{40,64}$/;
const SECONDS = 120;
/** The one in use, and the one before for whoever reads it just now. */
const KEPT = 2;

class NoCatalog extends AppError {
  readonly code = 'upkeep.no_catalog';
}

/** The files of a Git repository at a commit, in a folder of their own; `current` leads to the newest that was fetched whole. */
export class GitCheckout {
  constructor(
    private readonly git: Git,
    private readonly source: GitSource | null,
    private readonly logger: Logger,
  ) {}

  /** Before anything reads files. Goes on with what was fetched before when the repository can't be reached. @throws NoCatalog */
  async prepare(): Promise<void> {
    if (this.source === null) return;
    await this.follow();
    if ((await this.current()) === null)
      throw new NoCatalog(
        `The catalog could not be fetched from ${this.source.url} (${this.source.ref}), and none was fetched before. Check CATALOG_GIT_URL and CATALOG_GIT_REF; the log has the cause.`,
      );
  }

  /** Takes over the newest commit. True when it is another one than before. Never throws: what is there goes on. */
  async follow(): Promise<boolean> {
    if (this.source === null) return false;
    try {
      return await this.advance(this.source);
    } catch (error) {
      const { url, ref } = this.source;
      this.logger.warn('The catalog could not be fetched; what was fetched before goes on', {
        url,
        ref,
        error: messageOf(error),
      });
      return false;
    }
  }

  /** The commit in use. */
  async current(): Promise<string | null> {
    if (this.source === null) return null;
    const target = await readlink(join(this.source.folder, 'current')).catch(() => null);
    return target?.split('/').at(-1) ?? null;
  }

  private async advance(source: GitSource): Promise<boolean> {
    const before = await this.current();
    // A whole commit never changes.
    if (before === source.ref) return false;
    const signal = AbortSignal.timeout(SECONDS * 1000);
    const context = { secrets: new NoSecrets(), signal };
    const commit = await this.git.session({ remote: source.url, login: null }, context, async (session) => {
      const newest = await commitOf(session, source.ref);
      if (newest !== before) await this.fetch(session, source, newest);
      return newest;
    });
    if (commit === before) return false;
    await link(source.folder, commit);
    this.logger.info('The catalog is at another commit', { commit, before });
    await this.tidy(source.folder, [commit, before]);
    return true;
  }

  /** Whole or not at all: under another name until everything is there. Links of the repository become plain files. */
  private async fetch(session: GitSession, { folder, ref }: GitSource, commit: string): Promise<void> {
    const checkouts = join(folder, 'checkouts');
    if (await stat(join(checkouts, commit)).catch(() => null)) return;
    await mkdir(checkouts, { recursive: true });
    const wanted = COMMIT.test(ref) ? commit : ref;
    await session.git('fetch the catalog', [
      'fetch',
      '--quiet',
      '--no-tags',
      '--depth=1',
      '--',
      session.remote.url,
      wanted,
    ]);
    const fetched = (await session.git('read the commit', ['rev-parse', '--verify', 'FETCH_HEAD^{commit}'])).trim();
    if (fetched !== commit) throw new Error('the branch moved while it was fetched; the next try takes the newest');
    const temporary = await mkdtemp(join(checkouts, '.new-'));
    try {
      const inFolder = ['--work-tree', temporary, '-c', 'core.symlinks=false', '-c', 'core.bare=false'];
      await session.git('read the files', [...inFolder, 'read-tree', commit]);
      await session.git('write the files', [...inFolder, 'checkout-index', '--all', '--force', '--quiet']);
      await rename(temporary, join(checkouts, commit));
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  private async tidy(folder: string, keep: readonly (string | null)[]): Promise<void> {
    const checkouts = join(folder, 'checkouts');
    const old = (await readdir(checkouts)).filter((name) => COMMIT.test(name) && !keep.slice(0, KEPT).includes(name));
    for (const name of old) await rm(join(checkouts, name), { recursive: true, force: true });
  }
}

async function commitOf(session: GitSession, ref: string): Promise<string> {
  if (COMMIT.test(ref)) return ref;
  const listed = await session.git('read the branches', ['ls-remote', '--quiet', '--', session.remote.url]);
  const heads = new Map(
    listed.split('\n').map((line) => {
      const [commit = '', name = ''] = line.split('\t');
      return [name, commit];
    }),
  );
  // The commit a signed tag is about stands under ^{}.
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`, ref];
  const commit = names.map((name) => heads.get(name)).find((found) => found !== undefined);
  if (commit === undefined) throw new Error(`there is no branch or tag ${ref}`);
  return commit;
}

/** By renaming: whoever opens it gets the old files or the new ones. */
async function link(folder: string, commit: string): Promise<void> {
  const temporary = join(folder, `.current-${process.pid}`);
  await rm(temporary, { force: true });
  await symlink(join('checkouts', commit), temporary);
  await rename(temporary, join(folder, 'current'));
}
