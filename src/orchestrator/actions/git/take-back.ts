import { type ActionContext, ActionFailed } from '../../action.js';
import {
  changesOf,
  commitWith,
  deleteBranch,
  type FileChange,
  fetchExisting,
  labelTrailers,
  push,
  type TreeEntry,
  trailer,
  treeOf,
} from './branch.js';
import type { GitSession } from './git-session.js';
import { type Edit, newCommit } from './new-commit.js';

const MOST_RACES = 6;
const AUTHOR = { name: 'Quartermaster', email: 'quartermaster@localhost' };
/** In the commit that began a branch. */
export const NEW_BRANCH = 'Quartermaster-Branch: new';

interface Kept {
  readonly branch: string;
  readonly depth: number;
  readonly key: string;
  readonly commit: string | null;
}

/** Puts back what our commit changed, as a commit again; what somebody changed since stays. A branch that is ours alone is deleted. */
export async function takeBack(
  session: GitSession,
  kept: Kept,
  { context, now }: { context: ActionContext; now: () => Date },
): Promise<void> {
  for (let race = 1; race <= MOST_RACES; race += 1) {
    const tip = await fetchExisting(session, kept.branch, kept.depth);
    if (tip === null || (await commitWith(session, tip, `${kept.key}:undo`)) !== null) return;
    const commit = kept.commit ?? (await commitWith(session, tip, kept.key));
    if (commit === null) return;
    if (commit === tip && (await beganBranch(session, commit))) {
      if (await deleteBranch(session, kept.branch, tip)) return;
      continue;
    }
    const { edits, left } = reversed(await changesOf(session, commit), await treeOf(session, tip));
    for (const path of left) context.report(`${path} was changed since by somebody else and stays`);
    if (edits.length === 0) return;
    const trailers = [trailer(`${kept.key}:undo`), ...labelTrailers(context.labels)];
    const message = `Take back what was committed for ${context.labels.resourceId}`;
    const undone = await newCommit(session, tip, edits, { message, trailers, author: AUTHOR, at: now() });
    if (await push(session, undone, kept.branch)) return;
  }
  throw new ActionFailed(`${kept.branch} moves too fast to push to it.`, true);
}

async function beganBranch(session: GitSession, commit: string): Promise<boolean> {
  const body = await session.git('read the commit', [
    'log',
    '-1',
    '--format=%(trailers:key=Quartermaster-Branch)',
    commit,
    '--',
  ]);
  return body.includes(NEW_BRANCH);
}

function reversed(
  changes: readonly FileChange[],
  tree: ReadonlyMap<string, TreeEntry>,
): { edits: Edit[]; left: string[] } {
  const edits: Edit[] = [];
  const left: string[] = [];
  for (const { path, oldMode, oldId, newId, status } of changes) {
    const now = tree.get(path)?.id ?? null;
    const before = status === 'A' ? null : oldId;
    if (now === before) continue;
    if (now !== (status === 'D' ? null : newId)) left.push(path);
    else if (before === null) edits.push({ kind: 'remove', path });
    else edits.push({ kind: 'restore', path, mode: oldMode, id: before });
  }
  return { edits, left };
}
