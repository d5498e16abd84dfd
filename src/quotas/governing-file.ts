import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { z } from 'zod';
import { Transactions } from '../platform/database/index.js';
import {
  type DocumentProblem,
  formatProblem,
  readYamlFile,
  schemaProblems,
  YamlDocument,
} from '../platform/documents/index.js';
import { digestOf } from '../shared/index.js';

export interface FileKind<T> {
  /** As its author knows it: `catalog/quotas.yaml`. */
  readonly file: string;
  readonly parser: z.ZodType<T>;
  readonly check: (document: YamlDocument, value: T) => DocumentProblem[];
}

type Reading<T> =
  | { readonly ok: true; readonly document: YamlDocument; readonly value: T }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** Reads and checks the text of such a file. Never throws. */
export function readGoverning<T>(source: string, { file, parser, check }: FileKind<T>): Reading<T> {
  const read = YamlDocument.read(source, file);
  if (!read.ok) return read;
  const parsed = parser.safeParse(read.document.value);
  if (!parsed.success) return { ok: false, problems: schemaProblems(read.document, parsed.error.issues) };
  const problems = check(read.document, parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, document: read.document, value: parsed.data };
}

/** The file of a catalog folder, read from disk. Never throws. */
export async function readGoverningFile<T>(catalogDir: string, kind: FileKind<T>): Promise<Reading<T>> {
  const name = kind.file.split('/').at(-1) ?? kind.file;
  const { files, problems } = await readYamlFile(join(catalogDir, name), kind.file);
  const [file] = files;
  return file === undefined ? { ok: false, problems } : readGoverning(file.source, kind);
}

/** One file that sets limits or prices, as it is in force: the last good version, from memory or from the database. */
export class GoverningFile<T extends { readonly version: string }> {
  private readonly logger = new Logger(GoverningFile.name);
  private inForce: T | null = null;
  private found: readonly DocumentProblem[] = [];

  constructor(
    readonly catalogDir: string,
    private readonly kind: FileKind<T>,
    private readonly transactions: Pick<Transactions, 'query'>,
  ) {}

  /** Reads the file again. A broken or missing one leaves the last good version in force. */
  async reload(): Promise<void> {
    const reading = await readGoverningFile(this.catalogDir, this.kind);
    if (reading.ok) await this.adopt(reading);
    else await this.keepLastGood(reading.problems);
    for (const problem of this.found) this.logger.warn(formatProblem(problem));
  }

  /** Null when no good version was ever loaded. */
  current(): T | null {
    return this.inForce;
  }

  problems(): readonly DocumentProblem[] {
    return this.found;
  }

  private async adopt({ document, value }: Extract<Reading<T>, { ok: true }>): Promise<void> {
    await this.transactions.query(
      `insert into governing_files (file, digest, version, source) values ($1, $2, $3, $4)
       on conflict (file, digest) do update set loaded_at = now()`,
      [this.kind.file, digestOf(document.value), value.version, document.source],
    );
    this.inForce = value;
    this.found = [];
  }

  private async keepLastGood(problems: readonly DocumentProblem[]): Promise<void> {
    this.inForce ??= await this.stored();
    const { file } = this.kind;
    const message =
      this.inForce === null
        ? 'no version of this file is in force'
        : `the last good version (${this.inForce.version}) stays in force`;
    this.found = [
      ...problems,
      { file, line: 1, column: 1, message, remedy: 'mend the file and reload', severity: 'warning' },
    ];
  }

  private async stored(): Promise<T | null> {
    const [row] = await this.transactions.query<{ source: string }>(
      'select source from governing_files where file = $1 order by loaded_at desc limit 1',
      [this.kind.file],
    );
    const reading = row === undefined ? null : readGoverning(row.source, this.kind);
    return reading?.ok === true ? reading.value : null;
  }
}
