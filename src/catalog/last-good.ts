import type { z } from 'zod';
import { type DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { documentDigest } from './document-digest.js';
import type { LoadResult } from './load-documents.js';
import type { StoredVersion, VersionStore } from './version-store.js';

interface Versioned {
  readonly name: string;
  readonly title: string;
  readonly version: string;
}

type Kept<D> = D & { readonly digest: string; readonly file: string };

/** What was read, and for each broken file its last good version: from memory, or from the database after a restart. */
export async function lastGood<D extends Versioned>(
  kind: 'item' | 'runbook',
  read: LoadResult<Kept<D>>,
  before: readonly Kept<D>[],
  parser: z.ZodType<D>,
  versions: VersionStore,
): Promise<{ values: Kept<D>[]; problems: DocumentProblem[] }> {
  const values = read.loaded.map(({ value }) => value);
  const problems = [...read.problems];
  for (const file of read.broken) {
    const kept =
      before.find((value) => value.file === file) ?? reviveVersion(parser, await versions.latestOfFile(kind, file));
    const usable = kept !== null && values.every((value) => value.name !== kept.name);
    if (usable) values.push(kept);
    problems.push({
      file,
      line: 1,
      column: 1,
      message: usable
        ? `${kept.name} ${kept.version}, the last good version, stays in use`
        : 'nothing of this file is in use',
      remedy: 'mend the file and reload',
      severity: 'warning',
    });
  }
  return { values: values.sort((a, b) => a.title.localeCompare(b.title)), problems };
}

/** A stored version as the code of today understands it; null if it no longer does, or is not what its digest says. */
export function reviveVersion<D>(parser: z.ZodType<D>, stored: StoredVersion | null): Kept<D> | null {
  if (stored === null) return null;
  const { source, file, digest } = stored;
  const read = YamlDocument.read(source, file);
  if (!read.ok || documentDigest(read.document.value) !== digest) return null;
  const parsed = parser.safeParse(read.document.value);
  return parsed.success ? { ...parsed.data, digest, file } : null;
}
