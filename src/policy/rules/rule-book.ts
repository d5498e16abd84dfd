import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { Catalog, VersionedDocument, VersionStore } from '../../catalog/index.js';
import {
  type DocumentProblem,
  formatProblem,
  readYamlFile,
  readYamlFolder,
  type SourceFile,
} from '../../platform/documents/index.js';
import { digestOf } from '../../shared/index.js';
import type { AccessBook } from '../access-book.js';
import type { KnownNames } from './check-rule.js';
import { type CompiledRule, compileRule } from './compiled-rule.js';
import type { FreezeDocument } from './freeze-document.js';
import { NO_FREEZES } from './freeze-windows.js';
import { bundleNames, FREEZES_FILE, POLICIES_FOLDER, readFreezes, readRule } from './read-rule.js';
import type { Rule } from './rule-document.js';

/** The rules and freeze windows that are in force: of each file its last good version. */
export class RuleBook {
  private readonly logger = new Logger(RuleBook.name);
  private inForce: readonly CompiledRule[] = [];
  private windows: FreezeDocument = NO_FREEZES;
  private found: readonly DocumentProblem[] = [];

  constructor(
    private readonly catalogDir: string,
    private readonly access: AccessBook,
    private readonly catalog: Catalog,
    private readonly versions: VersionStore,
  ) {}

  /** Reads the files again. A broken one leaves its last good version in force, from memory or from the database. */
  async reload(): Promise<void> {
    const found: DocumentProblem[] = [];
    const rules = await this.readRules(found);
    this.windows = await this.readWindows(found);
    this.inForce = rules.map(compileRule);
    this.found = found;
    for (const problem of found) this.logger.warn(formatProblem(problem));
  }

  /** In the order of their files; those that are off as well. */
  rules(): readonly CompiledRule[] {
    return this.inForce;
  }

  find(id: string): Rule | null {
    return this.inForce.find(({ rule }) => rule.id === id)?.rule ?? null;
  }

  freezes(): FreezeDocument {
    return this.windows;
  }

  problems(): readonly DocumentProblem[] {
    return this.found;
  }

  private async readRules(found: DocumentProblem[]): Promise<readonly Rule[]> {
    const { files, problems } = await readYamlFolder(join(this.catalogDir, 'policies'), POLICIES_FOLDER);
    found.push(...problems.map(asWarning));
    // A folder that can't be read at all says nothing about the rules in it.
    if (files.length === 0 && problems.length > 0) return this.inForce.map(({ rule }) => rule);
    const known = knownNames(this.access, this.catalog, await bundleNames(this.catalogDir));
    const rules: Rule[] = [];
    const read: VersionedDocument[] = [];
    for (const file of files) {
      const reading = readRule(file, known);
      found.push(...reading.problems);
      const rule = reading.ok ? reading.value : await this.lastGood(file, known, found);
      const twin = rules.find(({ id }) => id === rule?.id);
      if (twin !== undefined) found.push(twinProblem(file, twin));
      else if (rule !== null) rules.push(rule);
      if (reading.ok) read.push(versionOf(reading.value, reading));
    }
    await this.versions.store(read);
    return rules;
  }

  private async lastGood({ file }: SourceFile, known: KnownNames, found: DocumentProblem[]): Promise<Rule | null> {
    const before = this.inForce.find(({ rule }) => rule.file === file)?.rule ?? (await this.stored(file, known));
    const message =
      before === null
        ? 'nothing of this file is in force'
        : `${before.id} ${before.version}, the last good version, stays in force`;
    found.push(warning(file, message));
    return before;
  }

  private async stored(file: string, known: KnownNames): Promise<Rule | null> {
    const stored = await this.versions.latestOfFile('rule', file);
    const reading = stored === null ? null : readRule({ file, source: stored.source }, known);
    return reading?.ok === true ? reading.value : null;
  }

  private async readWindows(found: DocumentProblem[]): Promise<FreezeDocument> {
    const { files, problems } = await readYamlFile(join(this.catalogDir, 'freezes.yaml'), FREEZES_FILE);
    const [file] = files;
    // Whoever never freezes anything needs no file.
    if (file === undefined && this.windows === NO_FREEZES) return NO_FREEZES;
    const environments = this.access.current()?.environments ?? [];
    const reading = file === undefined ? { ok: false as const, problems } : readFreezes(file.source, environments);
    found.push(...reading.problems);
    if (!reading.ok) {
      found.push(warning(FREEZES_FILE, 'the last good freeze windows stay in force'));
      return this.windows === NO_FREEZES ? this.storedWindows(environments) : this.windows;
    }
    const { value, source, document } = reading;
    const digest = digestOf(document);
    const row = { kind: 'freezes', name: 'freezes', digest, version: value.version, file: FREEZES_FILE } as const;
    await this.versions.store([{ ...row, source, document }]);
    return value;
  }

  private async storedWindows(environments: readonly string[]): Promise<FreezeDocument> {
    const stored = await this.versions.latestOfFile('freezes', FREEZES_FILE);
    const reading = stored === null ? null : readFreezes(stored.source, environments);
    return reading?.ok === true ? reading.value : NO_FREEZES;
  }
}

function knownNames(access: AccessBook, catalog: Catalog, bundles: readonly string[]): KnownNames {
  const current = access.current();
  return {
    teams: (current?.teams ?? []).map(({ id }) => id),
    roles: (current?.roles ?? []).map(({ id }) => id),
    environments: current?.environments ?? [],
    bundles,
    items: new Map(catalog.list().map((item) => [item.name, Object.keys(item.parameters.properties)])),
  };
}

function versionOf(
  rule: Rule,
  { source, document }: { readonly source: string; readonly document: VersionedDocument['document'] },
): VersionedDocument {
  const { id: name, digest, version, file } = rule;
  return { kind: 'rule', name, digest, version, file, source, document };
}

function twinProblem({ file }: SourceFile, twin: Rule): DocumentProblem {
  return {
    ...warning(file, `${twin.file} has the id “${twin.id}” already`),
    remedy: 'choose another id',
    severity: 'error',
  };
}

function warning(file: string, message: string): DocumentProblem {
  return { file, line: 1, column: 1, message, remedy: 'mend the file and reload', severity: 'warning' };
}

function asWarning(problem: DocumentProblem): DocumentProblem {
  return { ...problem, severity: 'warning' };
}
