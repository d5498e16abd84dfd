import { createHash } from 'node:crypto';
import { ActionFailed } from '../../action.js';
import { type TreeEntry } from './branch.js';
import type { GitSession } from './git-session.js';

export interface RenderedFile {
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable: boolean;
}

/** A change of one path: new content, what was there before, or nothing any more. */
export type Edit =
  | { readonly kind: 'write'; readonly file: RenderedFile }
  | { readonly kind: 'restore'; readonly path: string; readonly mode: string; readonly id: string }
  | { readonly kind: 'remove'; readonly path: string };

export interface CommitText {
  readonly message: string;
  readonly trailers: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  readonly at: Date;
}

const PREFIX = 'refs/quartermaster/made-';

/** A commit on top of the parent, out of one stream: nothing is checked out, no path is ever opened as a file. */
export async function newCommit(
  session: GitSession,
  parent: string | null,
  edits: readonly Edit[],
  { message, trailers, author, at }: CommitText,
): Promise<string> {
  const name = `${PREFIX}${createHash('sha256')
    .update(`${parent ?? ''}${trailers.join()}`)
    .digest('hex')
    .slice(0, 16)}`;
  const who = `${author.name} <${author.email}> ${Math.floor(at.getTime() / 1000)} +0000`;
  const text = `${message.trim()}\n\n${trailers.join('\n')}\n`;
  const stream = Buffer.concat([
    Buffer.from(`feature done\ncommit ${name}\nauthor ${who}\ncommitter ${who}\n`),
    data(Buffer.from(text)),
    Buffer.from(parent === null ? '' : `from ${parent}\n`),
    ...edits.map(instruction),
    Buffer.from('\ndone\n'),
  ]);
  await session.git('make the commit', ['fast-import', '--quiet', '--force', '--date-format=raw'], stream);
  return (await session.git('read the commit', ['rev-parse', '--verify', `${name}^{commit}`])).trim();
}

export interface Comparison {
  readonly added: readonly RenderedFile[];
  readonly changed: readonly RenderedFile[];
  readonly removed: readonly string[];
}

/** What the files would change. `prune`: files of that folder that are not among them go. @throws ActionFailed where a file and a folder collide */
export function compare(
  files: readonly RenderedFile[],
  tree: ReadonlyMap<string, TreeEntry>,
  prune: string | null,
): Comparison {
  const [added, changed]: [RenderedFile[], RenderedFile[]] = [[], []];
  for (const file of files) {
    const there = tree.get(file.path);
    assertNoCollision(file.path, there, tree);
    if (there === undefined) added.push(file);
    else if (there.id !== blobId(file.content, there.id.length) || there.mode !== modeOf(file)) changed.push(file);
  }
  const wanted = new Set(files.map((file) => file.path));
  const removed = [...tree]
    .filter(
      ([path, { kind }]) => prune !== null && kind !== 'tree' && path.startsWith(`${prune}/`) && !wanted.has(path),
    )
    .map(([path]) => path);
  return { added, changed, removed };
}

function assertNoCollision(path: string, there: TreeEntry | undefined, tree: ReadonlyMap<string, TreeEntry>): void {
  const parts = path.split('/').slice(0, -1);
  const inTheWay = parts
    .map((_part, index) => parts.slice(0, index + 1).join('/'))
    .find((folder) => {
      const entry = tree.get(folder);
      return entry !== undefined && entry.kind !== 'tree';
    });
  if (inTheWay !== undefined)
    throw new ActionFailed(`${inTheWay} is a file in the repository, where a folder is needed.`, false);
  if (there?.kind === 'tree')
    throw new ActionFailed(`${path} is a folder in the repository, where a file is needed.`, false);
}

export function blobId(content: Buffer, length = 40): string {
  const hash = createHash(length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}

function modeOf({ isExecutable }: RenderedFile): string {
  return isExecutable ? '100755' : '100644';
}

function instruction(edit: Edit): Buffer {
  switch (edit.kind) {
    case 'write':
      return Buffer.concat([
        Buffer.from(`M ${modeOf(edit.file)} inline ${quoted(edit.file.path)}\n`),
        data(edit.file.content),
      ]);
    case 'restore':
      return Buffer.from(`M ${edit.mode} ${edit.id} ${quoted(edit.path)}\n`);
    case 'remove':
      return Buffer.from(`D ${quoted(edit.path)}\n`);
  }
}

function data(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')]);
}

/** As C would: a path may hold anything, that of a commit of somebody else too. */
function quoted(path: string): string {
  const inside = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${inside}"`;
}
