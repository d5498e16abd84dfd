import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Catalog, type VersionStore } from '../catalog/index.js';
import { type RoleRoster, Rosters, type TeamRoster } from '../identity/index.js';
import {
  type DocumentProblem,
  formatProblem,
  readYamlFile,
  schemaProblems,
  YamlDocument,
} from '../platform/documents/index.js';
import { digestOf } from '../shared/index.js';
import { type AccessDocument, accessParser } from './access-document.js';
import { accessProblems, itemNameProblems } from './check-access.js';

export const ACCESS_FILE = 'catalog/access.yaml';

type Reading =
  | {
      readonly ok: true;
      readonly document: YamlDocument;
      readonly access: AccessDocument;
      readonly problems: DocumentProblem[];
    }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** Reads and checks an access file's text. Never throws. */
export function readAccess(source: string, file = ACCESS_FILE): Reading {
  const read = YamlDocument.read(source, file);
  if (!read.ok) return read;
  const parsed = accessParser.safeParse(read.document.value);
  if (!parsed.success) return { ok: false, problems: schemaProblems(read.document, parsed.error.issues) };
  const problems = accessProblems(read.document, parsed.data);
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems };
  return { ok: true, document: read.document, access: parsed.data, problems };
}

/** access.yaml as it is in force. With none that was ever good there are no teams and no rules: everything is denied. */
export class AccessBook extends Rosters {
  private readonly logger = new Logger(AccessBook.name);
  private inForce: AccessDocument | null = null;
  private found: readonly DocumentProblem[] = [];

  constructor(
    private readonly catalogDir: string,
    private readonly catalog: Catalog,
    private readonly versions: VersionStore,
  ) {
    super();
  }

  /** Reads the file again. A broken one leaves the last good version in force, from memory or from the database. */
  async reload(): Promise<void> {
    const { files, problems } = await readYamlFile(join(this.catalogDir, 'access.yaml'), ACCESS_FILE);
    const [file] = files;
    const reading: Reading = file === undefined ? { ok: false, problems } : readAccess(file.source);
    if (reading.ok) await this.adopt(reading);
    else await this.keepLastGood(reading.problems);
    for (const problem of this.found) this.logger.warn(formatProblem(problem));
  }

  /** Null when no good version was ever loaded. */
  current(): AccessDocument | null {
    return this.inForce;
  }

  problems(): readonly DocumentProblem[] {
    return this.found;
  }

  teams(): readonly TeamRoster[] {
    return (this.inForce?.teams ?? []).map(({ id, members, leads }) => ({ teamId: id, members, leads }));
  }

  roles(): readonly RoleRoster[] {
    return (this.inForce?.roles ?? []).map(({ id, people }) => ({ role: id, people }));
  }

  override managerOf(email: string): string | null {
    return this.inForce?.managers[email] ?? null;
  }

  override managedBy(email: string): readonly string[] {
    return Object.entries(this.inForce?.managers ?? {}).flatMap(([who, manager]) => (manager === email ? [who] : []));
  }

  private async adopt({ document, access, problems }: Extract<Reading, { ok: true }>): Promise<void> {
    await this.versions.store([
      {
        kind: 'access',
        name: 'access',
        digest: digestOf(document.value),
        version: access.version,
        file: ACCESS_FILE,
        source: document.source,
        document: document.value,
      },
    ]);
    const items = this.catalog.list().map((item) => item.name);
    this.inForce = access;
    this.found = [...problems, ...itemNameProblems(document, access, items)];
  }

  private async keepLastGood(problems: readonly DocumentProblem[]): Promise<void> {
    if (this.inForce === null) {
      const stored = await this.versions.latestOfFile('access', ACCESS_FILE);
      const reading = stored === null ? null : readAccess(stored.source);
      this.inForce = reading?.ok === true ? reading.access : null;
    }
    const message =
      this.inForce === null
        ? 'no access rules are in force: everything is denied'
        : `the last good access rules (${this.inForce.version}) stay in force`;
    const remedy = 'mend the file and reload';
    this.found = [...problems, { file: ACCESS_FILE, line: 1, column: 1, message, remedy, severity: 'warning' }];
  }
}
