import type { AnyAction } from '../../action.js';
import { gitCommitAction } from './commit.action.js';
import { Git } from './git-session.js';
import { Remotes } from './remotes.js';
import { gitRepositoryAction } from './repository.action.js';
import { Templates } from './template.js';

export interface GitOptions {
  /** Repositories, or folders of them, that may be used; see {@link Remotes}. */
  readonly repositories: readonly string[];
  /** Where `git:repository` makes bare repositories; listed by itself. */
  readonly newDir?: string | undefined;
  /** What people put before such a repository's name to clone it. */
  readonly newUrl?: string | undefined;
  /** Folders of files for `git:commit`, each a template. */
  readonly templatesDir?: string | undefined;
}

/** Git over the repositories of the list. `networks`: private ones in which a listed server may have its address. */
export function guardedGit(options: GitOptions | undefined, networks: readonly string[]): Git {
  const { repositories = [], newDir } = options ?? {};
  return new Git(new Remotes({ allowed: newDir === undefined ? repositories : [...repositories, newDir], networks }));
}

export function gitActions(git: Git, { newDir, newUrl, templatesDir }: Partial<GitOptions> = {}): AnyAction[] {
  return [
    gitCommitAction(git, new Templates(templatesDir ?? null)),
    gitRepositoryAction(git, { folder: newDir ?? null, url: newUrl }),
  ];
}
