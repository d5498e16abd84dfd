import { readdir, readFile } from 'node:fs/promises';
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

/** Reads every YAML file of a folder, in the order of their names. What cannot be read becomes a problem. */
export async function readYamlFolder(folder: string, label = basename(folder)): Promise<FolderContents> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
      .map((entry) => entry.name);
    const read = await Promise.all(names.sort().map((name) => readYamlFile(join(folder, name), `${label}/${name}`)));
    return { files: read.flatMap(({ files }) => files), problems: read.flatMap(({ problems }) => problems) };
  } catch (error) {
    return { files: [], problems: [unreadable(label, error)] };
  }
}

/** As {@link readYamlFolder}, for one file. */
export async function readYamlFile(path: string, label = basename(path)): Promise<FolderContents> {
  try {
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
