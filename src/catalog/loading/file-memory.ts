import { createHash } from 'node:crypto';
import type { DocumentProblem, SourceFile } from '../../platform/documents/index.js';

interface Remembered<T> {
  readonly fingerprint: string;
  readonly value: T;
  /** Warnings: a file with errors is never remembered. */
  readonly problems: readonly DocumentProblem[];
}

/** What good files said the last time, so that a reload reads only those that have changed. */
export class FileMemory<T> {
  private readonly known = new Map<string, Remembered<T>>();
  private context = '';

  /** Forgets everything when what the files were checked against is not what it was. */
  in(context: string): this {
    if (context !== this.context) this.known.clear();
    this.context = context;
    return this;
  }

  /** Null when the file is new, or not as it was. */
  recall({ file, source }: SourceFile): Remembered<T> | null {
    const known = this.known.get(file);
    return known?.fingerprint === fingerprintOf(source) ? known : null;
  }

  remember({ file, source }: SourceFile, value: T, problems: readonly DocumentProblem[]): void {
    this.known.set(file, { fingerprint: fingerprintOf(source), value, problems });
  }

  forget(file: string): void {
    this.known.delete(file);
  }
}

function fingerprintOf(source: string): string {
  return createHash('sha256').update(source).digest('base64');
}
