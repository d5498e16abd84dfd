import type { z } from 'zod';
import type { DocumentProblem } from '../platform/documents/index.js';
import type { LoadedPart } from './loading/catalog-loader.js';
import type { FileMemory } from './loading/file-memory.js';
import type { Kept, Loaded } from './loading/load-documents.js';
import { reviveVersion } from './versions/revive-version.js';
import { type Refusal, refusalProblem } from './versions/version-rules.js';
import type { VersionStore } from './versions/version-store.js';

interface Versioned {
  readonly name: string;
  readonly title: string;
  readonly version: string;
}

export interface ShelfOptions<D> {
  readonly kind: 'item' | 'runbook';
  readonly parser: z.ZodType<D>;
  readonly versions: VersionStore;
  readonly memory: FileMemory<Kept<D>>;
  /** Whether numbers only go up, and a changed document needs a new one. */
  readonly numbered: boolean;
}

export interface ShelfContents<T> {
  /** By title. */
  readonly values: readonly T[];
  readonly byName: ReadonlyMap<string, T>;
  readonly problems: readonly DocumentProblem[];
}

const REMEMBERED_VERSIONS = 500;
const byTitle = new Intl.Collator('en').compare;

/** The documents of one kind that are in use: of each file what it says now, or its last good version. */
export class Shelf<D extends Versioned> {
  /** Versions never change: what was read from the database once need not be read again. */
  private readonly revived = new Map<string, Kept<D> | null>();

  constructor(private readonly options: ShelfOptions<D>) {}

  /**
   * What a reading gives on top of what was there before, with each new version stored. Changes nothing else.
   * @throws when the database can't be reached
   */
  async restock(
    parts: AsyncIterable<LoadedPart<Kept<D>>>,
    before: ShelfContents<Kept<D>>,
  ): Promise<ShelfContents<Kept<D>>> {
    const values = new Map<string, Kept<D>>();
    const problems: DocumentProblem[] = [];
    const broken: string[] = [];
    const refused: { file: string; refusal: Refusal }[] = [];
    for await (const part of parts) {
      problems.push(...part.problems);
      broken.push(...part.broken);
      if (part.unreadable) broken.push(...before.values.map(({ file }) => file));
      const refusals = await this.admit(part.loaded);
      for (const { value, version } of part.loaded) {
        const refusal = refusals.get(value.digest);
        if (refusal === undefined) values.set(value.name, value);
        else {
          this.options.memory.forget(value.file);
          problems.push(refusalProblem(refusal, value.file, version?.source));
          refused.push({ file: value.file, refusal });
        }
      }
    }
    const fallback = (file: string, kept: Kept<D> | null): void => {
      const usable = kept !== null && !values.has(kept.name);
      if (usable) values.set(kept.name, kept);
      problems.push(fallbackProblem(file, usable ? kept : null));
    };
    for (const { file, refusal } of refused) fallback(file, await this.find(refusal.name, refusal.newest.digest));
    const byFile = new Map(before.values.map((value) => [value.file, value]));
    for (const file of broken) fallback(file, byFile.get(file) ?? (await this.lastOfFile(file)));
    return contentsOf([...values.values()], problems);
  }

  /** A version by its digest, however old. */
  async find(name: string, digest: string): Promise<Kept<D> | null> {
    const key = `${name} ${digest}`;
    const known = this.revived.get(key);
    if (known !== undefined) return known;
    const { kind, parser, versions } = this.options;
    const found = reviveVersion(parser, await versions.find(kind, name, digest));
    if (this.revived.size >= REMEMBERED_VERSIONS) this.revived.clear();
    if (found !== null) this.revived.set(key, found);
    return found;
  }

  private async admit(loaded: readonly Loaded<Kept<D>>[]): Promise<ReadonlyMap<string, Refusal>> {
    const { kind, numbered, versions } = this.options;
    const fresh = loaded.flatMap(({ version }) => version ?? []);
    if (!numbered) {
      await versions.store(fresh);
      return new Map();
    }
    const unchanged = loaded.flatMap(({ value, version }) => (version === undefined ? [value] : []));
    const refusals = [...(await versions.admit(fresh)), ...(await versions.overtaken(kind, unchanged))];
    return new Map(refusals.map((refusal) => [refusal.digest, refusal]));
  }

  private async lastOfFile(file: string): Promise<Kept<D> | null> {
    const { kind, parser, versions } = this.options;
    return reviveVersion(parser, await versions.latestOfFile(kind, file));
  }
}

export function contentsOf<T extends { readonly name: string; readonly title: string }>(
  values: readonly T[],
  problems: readonly DocumentProblem[],
): ShelfContents<T> {
  return {
    values: [...values].sort((a, b) => byTitle(a.title, b.title)),
    byName: new Map(values.map((value) => [value.name, value])),
    problems,
  };
}

function fallbackProblem(file: string, kept: Versioned | null): DocumentProblem {
  return {
    file,
    line: 1,
    column: 1,
    message:
      kept === null
        ? 'nothing of this file is in use'
        : `${kept.name} ${kept.version}, the last good version, stays in use`,
    remedy: 'mend the file and reload',
    severity: 'warning',
  };
}
