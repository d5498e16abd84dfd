import { join } from 'node:path';
import { type DocumentProblem, readYamlFile } from '../platform/documents/index.js';
import { ACCESS_FILE, readAccess } from './access-book.js';
import { itemNameProblems } from './check-access.js';

/** Checks access.yaml as the bot would at start, without a database. `items` are the names the catalog has. */
export async function lintAccess(catalogDir: string, items: readonly string[]): Promise<readonly DocumentProblem[]> {
  const { files, problems } = await readYamlFile(join(catalogDir, 'access.yaml'), ACCESS_FILE);
  const [file] = files;
  if (file === undefined) return problems;
  const reading = readAccess(file.source);
  return reading.ok
    ? [...reading.problems, ...itemNameProblems(reading.document, reading.access, items)]
    : reading.problems;
}
