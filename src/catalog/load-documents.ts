import type { z } from 'zod';
import { type DocumentProblem, type SourceFile, schemaProblems, YamlDocument } from '../platform/documents/index.js';
import type { VersionedDocument } from './catalog-item.js';
import { documentDigest } from './document-digest.js';

/** A file that is used: what it says, and the version to keep of it. */
export interface Loaded<T> {
  readonly value: T;
  readonly version: VersionedDocument;
}

export interface LoadResult<T> {
  readonly loaded: readonly Loaded<T>[];
  /** Files with errors: their last good version goes on. */
  readonly broken: readonly string[];
  readonly problems: readonly DocumentProblem[];
}

interface Named {
  readonly name: string;
  readonly version: string;
}

/**
 * Reads, parses and checks each file by itself, so that a bad one never hides a good one. Of two files with one name
 * the first (by file name) is used. `check` says what is wrong beyond the shape.
 */
export function loadDocuments<T extends Named>(
  kind: 'item' | 'runbook',
  files: readonly SourceFile[],
  parser: z.ZodType<T>,
  check: (document: YamlDocument, value: T) => readonly DocumentProblem[],
): LoadResult<T & { digest: string; file: string }> {
  const loaded: Loaded<T & { digest: string; file: string }>[] = [];
  const broken: string[] = [];
  const problems: DocumentProblem[] = [];
  for (const { file, source } of files) {
    const read = YamlDocument.read(source, file);
    const found = read.ok ? parse(read.document, parser, check) : read;
    problems.push(...found.problems);
    if (!found.ok) broken.push(file);
    else if (read.ok) {
      const { value } = found;
      const twin = loaded.find((other) => other.value.name === value.name);
      const digest = documentDigest(read.document.value);
      if (twin === undefined) {
        const version = {
          kind,
          name: value.name,
          digest,
          version: value.version,
          file,
          source,
          document: read.document.value,
        };
        loaded.push({ value: { ...value, digest, file }, version });
      } else
        problems.push(
          read.document.problem(
            ['name'],
            `${twin.value.file} has the name “${value.name}” already`,
            'choose another name',
          ),
        );
    }
  }
  return { loaded, broken, problems };
}

function parse<T>(
  document: YamlDocument,
  parser: z.ZodType<T>,
  check: (document: YamlDocument, value: T) => readonly DocumentProblem[],
): { ok: true; value: T; problems: readonly DocumentProblem[] } | { ok: false; problems: readonly DocumentProblem[] } {
  const parsed = parser.safeParse(document.value);
  if (!parsed.success) return { ok: false, problems: schemaProblems(document, parsed.error.issues) };
  const problems = check(document, parsed.data);
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems };
  return { ok: true, value: parsed.data, problems };
}
