import type { ProgramResult } from '../../../platform/programs/index.js';
import { ActionFailed, type Labels } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { gitFailure } from './git-failure.js';
import type { GitSession } from './git-session.js';

const BASE = 'refs/quartermaster/base';
const KEY = 'Quartermaster-Key';

export interface TreeEntry {
  readonly mode: string;
  readonly kind: 'blob' | 'tree' | 'commit';
  readonly id: string;
}

export interface Branch {
  /** Null in an empty repository. */
  readonly tip: string | null;
  /** Whether the branch itself is there, and not just what it would start from. */
  readonly exists: boolean;
}

export interface FileChange {
  readonly path: string;
  readonly oldMode: string;
  readonly oldId: string;
  readonly newId: string;
  readonly status: string;
}

const NOT_THERE: Branch = { tip: null, exists: false };

/** Fetches the branch, or what a new one starts from: `from`, else the repository's own default. @throws ActionFailed when there is neither */
export async function fetchBranch(
  session: GitSession,
  { branch, from = 'HEAD', depth }: { branch: string; from?: string | undefined; depth: number },
): Promise<Branch> {
  const heads = await headsOf(session);
  const start = from === 'HEAD' ? from : `refs/heads/${from}`;
  const name = [`refs/heads/${branch}`, start].find((candidate) => heads.has(candidate));
  if (name !== undefined) return { tip: await fetchTip(session, name, depth), exists: name === `refs/heads/${branch}` };
  if (![...heads].some((head) => head.startsWith('refs/heads/'))) return NOT_THERE;
  const missing = from === 'HEAD' ? 'default branch' : `branch ${from}`;
  throw new ActionFailed(`There is no branch ${branch}, and no ${missing} to start it from.`, false);
}

/** Fetches the branch if it is there. */
export async function fetchExisting(session: GitSession, branch: string, depth: number): Promise<string | null> {
  const name = `refs/heads/${branch}`;
  return (await headsOf(session)).has(name) ? fetchTip(session, name, depth) : null;
}

async function headsOf(session: GitSession): Promise<Set<string>> {
  const listed = await session.git('read the branches', ['ls-remote', '--quiet', '--', session.remote.url]);
  return new Set(listed.split('\n').map((line) => line.split('\t')[1] ?? ''));
}

async function fetchTip(session: GitSession, name: string, depth: number): Promise<string> {
  const { url } = session.remote;
  await session.git('fetch the branch', [
    'fetch',
    '--quiet',
    '--no-tags',
    `--depth=${depth}`,
    '--',
    url,
    `+${name}:${BASE}`,
  ]);
  return (await session.git('read the branch', ['rev-parse', '--verify', `${BASE}^{commit}`])).trim();
}

/** All of a commit's files and folders, by path. */
export async function treeOf(session: GitSession, commit: string | null): Promise<Map<string, TreeEntry>> {
  if (commit === null) return new Map();
  const listing = await session.git('read the files', ['ls-tree', '-r', '-t', '-z', '--full-tree', commit]);
  const entries = listing.split('\0').flatMap((line) => {
    const match = /^(\d{6}) (blob|tree|commit) ([0-9a-f]{40,64})\t(.+)$/s.exec(line);
    if (match === null) return [];
    const [, mode = '', kind = '', id = '', path = ''] = match;
    return [[path, { mode, kind: kind as TreeEntry['kind'], id }] as const];
  });
  return new Map(entries);
}

/** The newest commit in sight that carries this key in a trailer. */
export async function commitWith(session: GitSession, tip: string | null, key: string): Promise<string | null> {
  if (tip === null) return null;
  const line = trailer(key);
  const format = `--format=%H%x09%(trailers:key=${KEY},valueonly,separator=%x09)`;
  const log = await session.git('read the history', ['log', '--fixed-strings', `--grep=${line}`, format, tip, '--']);
  const found = log
    .split('\n')
    .map((entry) => entry.split('\t'))
    .find(([, ...keys]) => keys.includes(key));
  return found?.[0] ?? null;
}

export function trailer(key: string): string {
  return `${KEY}: ${key}`;
}

/** For whom it was made, for people and for `git log --grep`. */
export function labelTrailers(labels: Labels): string[] {
  const named = Object.entries(labelsUnder('', labels));
  return named.map(
    ([name, value]) => `Quartermaster-${name.charAt(0).toUpperCase()}${name.slice(1)}: ${value.replace(/\s+/g, ' ')}`,
  );
}

/** What a commit changed. @throws ActionFailed when what was before it can't be had any more */
export async function changesOf(session: GitSession, commit: string): Promise<FileChange[]> {
  const there = await session.try(['cat-file', '-e', `${commit}^{commit}`]);
  if (there.exitCode !== 0 || (await session.shallow()).has(commit))
    await session.git('fetch the commit', [
      'fetch',
      '--quiet',
      '--no-tags',
      '--depth=2',
      '--',
      session.remote.url,
      commit,
    ]);
  if ((await session.shallow()).has(commit))
    throw new ActionFailed('What was there before the commit can’t be fetched any more.', false);
  const args = ['diff-tree', '-r', '-z', '--root', '--no-commit-id', '--no-renames', commit];
  const parts = (await session.git('compare', args)).split('\0');
  const changes: FileChange[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const match = /^:(\d{6}) \d{6} ([0-9a-f]+) ([0-9a-f]+) (\w)/.exec(parts[at] ?? '');
    if (match === null) continue;
    const [, oldMode = '', oldId = '', newId = '', status = ''] = match;
    changes.push({ path: parts[at + 1] ?? '', oldMode, oldId, newId, status });
  }
  return changes;
}

/** False: the branch moved meanwhile. @throws ActionFailed */
export async function push(session: GitSession, commit: string, branch: string): Promise<boolean> {
  const result = await session.try(['push', '--porcelain', '--', session.remote.url, `${commit}:refs/heads/${branch}`]);
  if (result.exitCode === 0) return true;
  return movedOrThrow(result, 'push');
}

/** False: the branch moved meanwhile. */
export async function deleteBranch(session: GitSession, branch: string, expected: string): Promise<boolean> {
  const name = `refs/heads/${branch}`;
  const lease = `--force-with-lease=${name}:${expected}`;
  const result = await session.try(['push', '--porcelain', lease, '--', session.remote.url, `:${name}`]);
  if (result.exitCode === 0) return true;
  return movedOrThrow(result, 'delete the branch');
}

const MOVED =
  /\[rejected\]|stale info|fetch first|non-fast-forward|incorrect old value|cannot lock ref|failed to update ref|reference already exists/;

function movedOrThrow(result: ProgramResult, doing: string): false {
  const said = `${result.stdout}\n${result.stderr}`;
  if (MOVED.test(said)) return false;
  const reason = /\[remote rejected\] \(([^)\n]{1,200})\)/.exec(said)?.[1];
  if (reason !== undefined) throw new ActionFailed(`The Git server does not take it: ${reason}.`, false);
  throw gitFailure(result, doing);
}
