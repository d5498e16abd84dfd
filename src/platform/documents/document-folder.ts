import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../shared/index.js';
import type { DocumentProblem } from './document-problem.js';

export interface SourceFile {
  /** With the folder's own name in front, the same on every machine: `items/postgres-database.yaml`. */
  readonly file: string;
  readonly source: string;
}

export interface FolderContents {
  readonly files: readonly SourceFile[];
  readonly problems: readonly DocumentProblem[];
}

/** As many files as are open and in memory at the same time. */
const PART = 50;
/** Far more than a reader of documents takes; what is larger is not even read. */
const MAX_BYTES = 1024 * 1024;

/** Reads every YAML file of a folder, in the order of their names. What cannot be read becomes a problem. */
export async function readYamlFolder(folder: string, label = basename(folder)): Promise<FolderContents> {
  const files: SourceFile[] = [];
  const problems: DocumentProblem[] = [];
  for await (const part of readYamlFolderInParts(folder, label)) {
    files.push(...part.files);
    problems.push(...part.problems);
  }
  return { files, problems };
}

/** As {@link readYamlFolder}, some files at a time: for folders that hold thousands. */
export async function* readYamlFolderInParts(
  folder: string,
  label = basename(folder),
): AsyncGenerator<FolderContents, void> {
  const names = await namesIn(folder, label);
  if (!Array.isArray(names)) {
    yield names;
    return;
  }
  for (let from = 0; from < names.length; from += PART) {
    const part = names.slice(from, from + PART);
    const read = await Promise.all(part.map((name) => readYamlFile(join(folder, name), `${label}/${name}`)));
    yield { files: read.flatMap(({ files }) => files), problems: read.flatMap(({ problems }) => problems) };
  }
}

async function namesIn(folder: string, label: string): Promise<string[] | FolderContents> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    return { files: [], problems: [unreadable(label, error)] };
  }
}

/** As {@link readYamlFolder}, for one file. */
export async function readYamlFile(path: string, label = basename(path)): Promise<FolderContents> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KiB`);
    return { files: [{ file: label, source: await readFile(path, 'utf8') }], problems: [] };
  } catch (error) {
    return { files: [], problems: [unreadable(label, error)] };
  }
}

function unreadable(file: string, error: unknown): DocumentProblem {
  return {
    file,
    line: 1,
    column: 1,
    message: `it cannot be read (${messageOf(error)})`,
    remedy: 'check that it exists and may be read',
    severity: 'error',
  };
}
