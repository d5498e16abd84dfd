import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction, type Labels } from '../../action.js';
import { labelWords } from '../../labels.js';
import { gitFailure } from './git-failure.js';
import type { Git } from './git-session.js';
import { branchName } from './names.js';

const MARK = 'quartermaster-key';
const LABELS = 'quartermaster-labels';

const input = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,80}$/, 'lower-case letters, digits and . _ -')
    .refine((name) => !/\.\.|\.git$|\.lock$|\.$/.test(name), 'is not a name for a repository'),
  defaultBranch: branchName.default('main'),
  description: z
    .string()
    .regex(/^[^\0-\x1f\x7f]{0,200}$/, 'one line')
    .default(''),
});

const state = z.object({ name: z.string(), key: z.string() });

export interface RepositoryFolder {
  /** Where the bare repositories are; null: nowhere here. */
  readonly folder: string | null;
  /** What people put before the name to clone, when that is not the folder. */
  readonly url?: string | undefined;
}

/** A bare repository in the folder of this installation. It can be pushed to at once, by `git:commit` too. */
export function gitRepositoryAction(git: Git, { folder, url }: RepositoryFolder): AnyAction {
  const pathOf = (name: string): string => {
    if (folder === null) throw new ActionFailed('This installation has no folder for Git repositories.', false);
    return join(folder, `${name}.git`);
  };

  return defineAction({
    id: 'git:repository',
    title: 'Git repository',
    owns: true,
    input,
    output: z.object({ remote: z.string(), cloneUrl: z.string(), defaultBranch: z.string() }),
    state,
    examples: [{ title: 'A repository for orders', input: { name: 'example-orders' }, plan: 'create' }],

    async plan({ name }) {
      if ((await markOf(pathOf(name))) !== null)
        return { kind: 'cannot', summary: `There is a repository ${name} already. Choose another name.` };
      return { kind: 'create', summary: `Git repository ${name}` };
    },

    intend: ({ name }, { idempotencyKey: key }) => Promise.resolve({ name, key }),

    async apply({ name, defaultBranch, description }, { idempotencyKey: key, labels, signal }) {
      const path = pathOf(name);
      const there = await markOf(path);
      if (there !== null && there !== key)
        throw new ActionFailed(
          `There is a repository ${name} already that is not ours to change. Choose another name.`,
          false,
        );
      if (there === null) await make(git, path, { defaultBranch, description, key, labels, signal });
      const cloneUrl = url === undefined ? path : `${url.replace(/\/$/, '')}/${name}.git`;
      return { state: { name, key }, output: { remote: path, cloneUrl, defaultBranch } };
    },

    async read({ name, key }) {
      const isOurs = (await markOf(pathOf(name))) === key;
      return { exists: isOurs, detail: `repository ${name} is ${isOurs ? 'there' : 'not there, or not ours'}` };
    },

    async destroy({ name, key }) {
      const path = pathOf(name);
      const going = unfinished(path, key);
      await rm(going, { recursive: true, force: true });
      if ((await markOf(path)) !== key) return;
      // In one go it is no repository any more; then there is time to remove it.
      await rename(path, going);
      await rm(going, { recursive: true, force: true });
    },
  });
}

/** Made beside its place, marked, then moved there: there is never one without its mark. */
async function make(
  git: Git,
  path: string,
  {
    defaultBranch,
    description,
    key,
    labels,
    signal,
  }: { defaultBranch: string; description: string; key: string; labels: Labels; signal: AbortSignal },
): Promise<void> {
  const folder = unfinished(path, key);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const run = git.run(folder, signal);
    const args = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, '.'];
    const made = await run(args, {});
    if (made.exitCode !== 0) throw gitFailure(made, 'make the repository');
    await writeFile(join(folder, 'description'), `${description}\n`);
    await writeFile(join(folder, MARK), key);
    await writeFile(join(folder, LABELS), `${labelWords(labels)}\n`);
    await rename(folder, path);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (error instanceof Error && 'code' in error && /^(EEXIST|ENOTEMPTY)$/.test(String(error.code)))
      throw new ActionFailed('A repository of that name was made meanwhile.', true, { cause: error });
    throw error;
  }
}

/** Null: nothing is there. Empty: something that is not ours. */
async function markOf(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  if (stat === null) return null;
  if (!stat.isDirectory()) return '';
  return readFile(join(path, MARK), 'utf8').catch(() => '');
}

/** Where it is made and unmade; only this key knows it, so that an interrupted attempt is found again. */
function unfinished(path: string, key: string): string {
  return `${path}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}.unfinished`;
}
