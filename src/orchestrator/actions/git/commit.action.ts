import { z } from 'zod';
import {
  type ActionContext,
  ActionFailed,
  type AnyAction,
  defineAction,
  type LookContext,
  type PlannedEffect,
} from '../../action.js';
import {
  type Branch,
  changesOf,
  commitWith,
  fetchBranch,
  fetchExisting,
  labelTrailers,
  push,
  trailer,
  treeOf,
} from './branch.js';
import { gitLogin } from './git-login.js';
import type { Git, GitSession } from './git-session.js';
import { branchName, repositoryPath } from './names.js';
import { type Comparison, compare, type Edit, newCommit, type RenderedFile } from './new-commit.js';
import { differenceLines } from './plan-difference.js';
import { remoteUrl } from './remotes.js';
import { NEW_BRANCH, takeBack } from './take-back.js';
import { assertFits, type Templates } from './template.js';

/** A branch that moves faster than this is somebody else's problem as well. */
const MOST_RACES = 6;
const line = z.string().regex(/^[^\0-\x1f\x7f<>]{1,200}$/, 'one line');

const input = z
  .strictObject({
    remote: remoteUrl,
    login: gitLogin.optional(),
    branch: branchName,
    /** What the branch starts from when it is not there; else the repository's default branch. */
    from: branchName.optional(),
    template: z
      .strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
        values: z.record(z.string().regex(/^[a-zA-Z]\w{0,60}$/), z.json()).default({}),
        verbatim: z.array(repositoryPath).default([]),
      })
      .optional(),
    files: z.record(repositoryPath, z.string().max(262_144)).default({}),
    /** Where in the repository. */
    folder: repositoryPath.optional(),
    /** Whether other files of that folder go. */
    prune: z.boolean().default(false),
    existing: z.enum(['refuse', 'overwrite']).default('refuse'),
    message: z.string().trim().min(1).max(2_000),
    author: z
      .strictObject({ name: line, email: line })
      .default({ name: 'Quartermaster', email: 'quartermaster@localhost' }),
    /** How far back the branch is searched for what an interrupted attempt pushed. */
    depth: z.int().min(2).max(5_000).default(200),
    undo: z.enum(['revert', 'keep']).default('revert'),
  })
  .refine(({ template, files }) => template !== undefined || Object.keys(files).length > 0, {
    message: 'give `template` or `files`',
  })
  .refine(({ prune, folder }) => !prune || folder !== undefined, { message: '`prune` wants a `folder`' });

export const commitState = z.object({
  remote: z.string(),
  login: gitLogin.nullable(),
  branch: z.string(),
  depth: z.int(),
  key: z.string(),
  undo: z.enum(['revert', 'keep']),
  /** Null until it was pushed; then also when nothing had to change. */
  commit: z.string().nullable(),
});

type Wanted = z.output<typeof input>;
type State = z.output<typeof commitState>;

/** Files, out of a template or told, as one commit on a branch. A plan is the difference; what is taken back is a commit again. */
export function gitCommitAction(git: Git, templates: Templates, now: () => Date = () => new Date()): AnyAction {
  const render = async ({ template, files, folder }: Wanted): Promise<RenderedFile[]> => {
    const made =
      template === undefined ? [] : await templates.render(template.name, template.values, template.verbatim);
    const told = Object.entries(files).map(([path, text]) => ({
      path,
      content: Buffer.from(text),
      isExecutable: false,
    }));
    const all = assertFits([...made, ...told]);
    return folder === undefined ? all : all.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  };

  return defineAction({
    id: 'git:commit',
    title: 'Commit to a Git branch',
    input,
    output: z.object({ commit: z.string(), branch: z.string(), changed: z.boolean(), files: z.int() }),
    state: commitState,
    examples: [
      {
        title: 'A remote that is not on the list',
        input: {
          remote: 'https://git.example.org/payments/orders.git',
          branch: 'main',
          files: { 'config/size.txt': '3' },
          message: 'Three of them',
        },
        plan: 'cannot',
      },
    ],

    async plan(wanted, context) {
      const files = await render(wanted);
      return sessionOf(git, wanted, context, async (session) => {
        const branch = await fetchBranch(session, wanted);
        const difference = await differenceOf(session, wanted, files, branch);
        return planned(session, wanted, difference, branch);
      });
    },

    intend: ({ remote, login = null, branch, depth, undo }, { idempotencyKey: key }) =>
      Promise.resolve({ remote, login, branch, depth, undo, key, commit: null }),

    async apply(wanted, context) {
      const { remote, login = null, branch, depth, undo } = wanted;
      const files = await render(wanted);
      const { commit, changed } = await sessionOf(git, wanted, context, (session) =>
        committed(session, wanted, files, { context, now }),
      );
      const state = {
        remote,
        login,
        branch,
        depth,
        undo,
        key: context.idempotencyKey,
        commit: changed ? commit : null,
      };
      return { state, output: { commit, branch, changed, files: files.length } };
    },

    read: (kept, context) => sessionOf(git, kept, context, (session) => look(session, kept)),

    async destroy(kept, context) {
      if (kept.undo === 'keep') return;
      await sessionOf(git, kept, context, (session) => takeBack(session, kept, { context, now }));
    },
  });
}

function sessionOf<T>(
  git: Git,
  { remote, login }: { remote: string; login?: State['login'] | undefined },
  context: LookContext,
  work: (session: GitSession) => Promise<T>,
): Promise<T> {
  return git.session({ remote, login: login ?? null }, context, work);
}

async function committed(
  session: GitSession,
  wanted: Wanted,
  files: readonly RenderedFile[],
  { context, now }: { context: ActionContext; now: () => Date },
): Promise<{ commit: string; changed: boolean }> {
  const { idempotencyKey: key, labels, report } = context;
  for (let race = 1; race <= MOST_RACES; race += 1) {
    const branch = await fetchBranch(session, wanted);
    const earlier = branch.exists ? await commitWith(session, branch.tip, key) : null;
    if (earlier !== null) return { commit: earlier, changed: true };
    const edits = editsOf(await differenceOf(session, wanted, files, branch));
    if (edits.length === 0 && branch.exists && branch.tip !== null) return { commit: branch.tip, changed: false };
    const isNew = !branch.exists && branch.tip !== null;
    const trailers = [trailer(key), ...labelTrailers(labels), ...(isNew ? [NEW_BRANCH] : [])];
    const { message, author } = wanted;
    const commit = await newCommit(session, branch.tip, edits, { message, author, trailers, at: now() });
    report(`Pushing ${edits.length} file${edits.length === 1 ? '' : 's'} to ${wanted.branch}`);
    if (await push(session, commit, wanted.branch)) return { commit, changed: true };
    report(`${wanted.branch} moved meanwhile; the commit is made again on top of it`);
  }
  throw new ActionFailed(`${wanted.branch} moves too fast to push to it.`, true);
}

async function differenceOf(
  session: GitSession,
  wanted: Wanted,
  files: readonly RenderedFile[],
  { tip }: Branch,
): Promise<Comparison> {
  const difference = compare(files, await treeOf(session, tip), wanted.prune ? (wanted.folder ?? null) : null);
  const [taken] = difference.changed;
  if (taken !== undefined && wanted.existing === 'refuse')
    throw new ActionFailed(
      `${taken.path} is in the repository already, with other content. Choose another place, or let the step overwrite it.`,
      false,
    );
  return difference;
}

function editsOf({ added, changed, removed }: Comparison): Edit[] {
  return [
    ...removed.map((path): Edit => ({ kind: 'remove', path })),
    ...[...added, ...changed].map((file): Edit => ({ kind: 'write', file })),
  ];
}

async function planned(
  session: GitSession,
  wanted: Wanted,
  difference: Comparison,
  { exists, tip }: Branch,
): Promise<PlannedEffect> {
  const { added, changed, removed } = difference;
  const count = added.length + changed.length + removed.length;
  if (count === 0 && exists) return { kind: 'none', summary: `${wanted.branch} has all of it already` };
  return {
    kind: changed.length + removed.length > 0 ? 'change' : 'create',
    summary: `${count} file${count === 1 ? '' : 's'} on ${exists ? '' : 'the new branch '}${wanted.branch}`,
    details: await differenceLines(session, difference, await treeOf(session, tip)),
  };
}

async function look(session: GitSession, kept: State): Promise<{ exists: boolean; detail: string }> {
  const tip = await fetchExisting(session, kept.branch, kept.depth);
  if (tip === null) return { exists: false, detail: `${kept.branch} is not there` };
  if ((await commitWith(session, tip, `${kept.key}:undo`)) !== null)
    return { exists: false, detail: 'it was taken back' };
  const commit = kept.commit ?? (await commitWith(session, tip, kept.key));
  if (commit === null) return { exists: true, detail: 'nothing had to change' };
  const tree = await treeOf(session, tip);
  const differs = (await changesOf(session, commit)).filter(
    ({ path, newId, status }) => (tree.get(path)?.id ?? null) !== (status === 'D' ? null : newId),
  );
  if (differs.length === 0) return { exists: true, detail: `${kept.branch} has it` };
  const names = differs.slice(0, 5).map(({ path }) => path);
  return {
    exists: true,
    detail: `${kept.branch} differs in ${names.join(', ')}${differs.length > 5 ? ' and others' : ''}`,
  };
}
