import type { z } from 'zod';
import { type DocumentProblem, type SourceFile, schemaProblems, YamlDocument } from '../../platform/documents/index.js';
import type { VersionedDocument } from '../catalog-item.js';
import { documentDigest } from '../document-digest.js';
import { FileMemory } from './file-memory.js';

/** A version as the bot uses it: what the file says, and where it came from. */
export type Kept<D> = D & { readonly digest: string; readonly file: string };

/** A file that is used. */
export interface Loaded<T> {
  readonly value: T;
  /** The version to keep of it. Left out when the file is as it was the last time. */
  readonly version?: VersionedDocument;
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

export interface DocumentKind<T> {
  readonly kind: 'item' | 'runbook';
  readonly parser: z.ZodType<T>;
  /** What is wrong beyond the shape. */
  readonly check: (document: YamlDocument, value: T) => readonly DocumentProblem[];
}

/** More in one file help nobody. */
const MAX_PROBLEMS = 25;

/**
 * Reads, parses and checks each file by itself, so that a bad one never hides a good one. Of two files with one name
 * the first that is taken is used.
 */
export class DocumentLoad<T extends Named> {
  private readonly fileOf = new Map<string, string>();

  constructor(
    private readonly documents: DocumentKind<T>,
    private readonly memory: FileMemory<Kept<T>> = new FileMemory(),
  ) {}

  take(file: SourceFile): LoadResult<Kept<T>> {
    const known = this.memory.recall(file);
    if (known === null || this.fileOf.has(known.value.name)) return this.read(file);
    this.fileOf.set(known.value.name, file.file);
    return { loaded: [{ value: known.value }], broken: [], problems: known.problems };
  }

  private read({ file, source }: SourceFile): LoadResult<Kept<T>> {
    const read = YamlDocument.read(source, file);
    if (!read.ok) return { loaded: [], broken: [file], problems: limited(read.problems) };
    const { document } = read;
    const found = parse(document, this.documents);
    if (!found.ok) return { loaded: [], broken: [file], problems: limited(found.problems) };
    const twin = this.twinProblem(document, found.value.name);
    if (twin !== null) return { loaded: [], broken: [], problems: [...limited(found.problems), twin] };
    this.fileOf.set(found.value.name, file);
    const loaded = loadedOf(this.documents.kind, document, found.value);
    this.memory.remember({ file, source }, loaded.value, found.problems);
    return { loaded: [loaded], broken: [], problems: limited(found.problems) };
  }

  private twinProblem(document: YamlDocument, name: string): DocumentProblem | null {
    const twin = this.fileOf.get(name);
    if (twin === undefined) return null;
    return document.problem(['name'], `${twin} has the name “${name}” already`, 'choose another name');
  }
}

/** All of these files at once. */
export function loadDocuments<T extends Named>(
  kind: 'item' | 'runbook',
  files: readonly SourceFile[],
  parser: z.ZodType<T>,
  check: DocumentKind<T>['check'],
): LoadResult<Kept<T>> {
  const load = new DocumentLoad({ kind, parser, check });
  return joined(files.map((file) => load.take(file)));
}

export function joined<T>(results: readonly LoadResult<T>[]): LoadResult<T> {
  return {
    loaded: results.flatMap(({ loaded }) => loaded),
    broken: results.flatMap(({ broken }) => broken),
    problems: results.flatMap(({ problems }) => problems),
  };
}

function loadedOf<T extends Named>(kind: 'item' | 'runbook', document: YamlDocument, value: T): Loaded<Kept<T>> {
  const { file, source } = document;
  const digest = documentDigest(document.value);
  const { name, version } = value;
  return {
    value: { ...value, digest, file },
    version: { kind, name, digest, version, file, source, document: document.value },
  };
}

function parse<T>(
  document: YamlDocument,
  { parser, check }: DocumentKind<T>,
): { ok: true; value: T; problems: readonly DocumentProblem[] } | { ok: false; problems: readonly DocumentProblem[] } {
  const parsed = parser.safeParse(document.value);
  if (!parsed.success) return { ok: false, problems: schemaProblems(document, parsed.error.issues) };
  const problems = check(document, parsed.data);
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems };
  return { ok: true, value: parsed.data, problems };
}

/** Errors first, then what there is room for. */
function limited(problems: readonly DocumentProblem[]): readonly DocumentProblem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const worst = [...problems].sort((a, b) => a.severity.localeCompare(b.severity)).slice(0, MAX_PROBLEMS);
  const [first] = worst;
  if (first === undefined) return [];
  const message = `${problems.length - MAX_PROBLEMS} more problems are in this file`;
  return [...worst, { ...first, line: 1, column: 1, message, remedy: 'mend these first' }];
}
