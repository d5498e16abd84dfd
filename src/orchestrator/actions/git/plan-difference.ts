import { structuredPatch } from 'diff';
import type { TreeEntry } from './branch.js';
import type { GitSession } from './git-session.js';
import type { Comparison, RenderedFile } from './new-commit.js';

const MOST_FILES = 20;
/** The plans of other steps want room, too. */
const MOST_LINES = 15;
const LONGEST_LINE = 160;
/** Two texts that have nothing in common cost time without end. */
const MAX_EDITS = 500;
/** Longer texts are not compared: people wait for a plan. */
const LARGEST_BYTES = 65_536;

/** What a commit would change, for people: its files, and of texts what goes and what comes, as far as there is room. */
export async function differenceLines(
  session: GitSession,
  { added, changed, removed }: Comparison,
  tree: ReadonlyMap<string, TreeEntry>,
): Promise<string[]> {
  const files = [
    ...changed.map((file) => ({ file, words: `changes: ${file.path}` })),
    ...added.map((file) => ({ file, words: `new: ${file.path}` })),
    ...removed.map((path) => ({ file: null, words: `goes: ${path}` })),
  ];
  const shown: string[] = [];
  let room = MOST_LINES;
  for (const { file, words } of files.slice(0, MOST_FILES)) {
    const lines = file === null || room === 0 ? [] : await linesOf(session, file, tree.get(file.path));
    const fitting = lines.length > room ? [...lines.slice(0, room - 1), '   …'] : lines;
    room -= fitting.length;
    shown.push(words, ...fitting);
  }
  const rest = files.length - MOST_FILES;
  return rest > 0 ? [...shown, `and ${rest} more`] : shown;
}

async function linesOf(session: GitSession, file: RenderedFile, before: TreeEntry | undefined): Promise<string[]> {
  if (!isText(file.content) || (before !== undefined && before.kind !== 'blob')) return [];
  const former = before === undefined ? '' : await textOf(session, before);
  if (former === null) return [];
  const options = { context: 0, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', former, file.content.toString('utf8'), '', '', options);
  if (patch === undefined) return ['   nearly everything is different'];
  return patch.hunks
    .flatMap(({ lines }) => lines)
    .filter((line) => line.startsWith('-') || line.startsWith('+'))
    .map((line) => `   ${line.charAt(0)} ${line.slice(1, LONGEST_LINE)}`);
}

/** Null where it is no text, or too long. */
async function textOf(session: GitSession, { id }: TreeEntry): Promise<string | null> {
  const size = Number(await session.git('look at a file', ['cat-file', '-s', id]));
  if (size > LARGEST_BYTES) return null;
  const text = await session.git('look at a file', ['cat-file', 'blob', id]);
  return text.includes('\0') ? null : text;
}

function isText(content: Buffer): boolean {
  return content.length <= LARGEST_BYTES && !content.includes(0);
}
