import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DocumentProblem, type SourceFile, schemaProblems, YamlDocument } from '../../platform/documents/index.js';
import { digestOf, type Json } from '../../shared/index.js';
import { type KnownNames, ruleProblems } from './check-rule.js';
import { type FreezeDocument, freezeParser } from './freeze-document.js';
import { type Rule, ruleParser } from './rule-document.js';

export const POLICIES_FOLDER = 'catalog/policies';
export const FREEZES_FILE = 'catalog/freezes.yaml';

type Reading<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly source: string;
      readonly document: Json;
      readonly problems: readonly DocumentProblem[];
    }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** The compiled policies there are. Without the folder there are none. */
export async function bundleNames(catalogDir: string): Promise<string[]> {
  return readdir(join(catalogDir, 'policies', 'opa')).catch(() => []);
}

/** Reads and checks one file of catalog/policies. Never throws. */
export function readRule({ file, source }: SourceFile, known: KnownNames): Reading<Rule> {
  const read = YamlDocument.read(source, file);
  if (!read.ok) return read;
  const { document } = read;
  const parsed = ruleParser.safeParse(document.value);
  if (!parsed.success) return { ok: false, problems: forRules(schemaProblems(document, parsed.error.issues)) };
  const problems = ruleProblems(document, parsed.data, known);
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems };
  const value = { ...parsed.data, file, digest: digestOf(document.value) };
  return { ok: true, value, source, document: document.value, problems };
}

/** Reads and checks catalog/freezes.yaml. Never throws. */
export function readFreezes(
  source: string,
  environments: readonly string[],
  file = FREEZES_FILE,
): Reading<FreezeDocument> {
  const read = YamlDocument.read(source, file);
  if (!read.ok) return read;
  const { document } = read;
  const parsed = freezeParser.safeParse(document.value);
  if (!parsed.success) return { ok: false, problems: forRules(schemaProblems(document, parsed.error.issues)) };
  const problems = parsed.data.freezes.flatMap((freeze, index) =>
    (freeze.environments ?? []).flatMap((name, position) =>
      environments.includes(name)
        ? []
        : [
            document.problem(
              ['freezes', index, 'environments', position],
              `there is no environment “${name}”`,
              `write one of ${environments.join(', ')} instead`,
            ),
          ],
    ),
  );
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: parsed.data, source, document: document.value, problems };
}

/** What is known about the shape of these files stands on a page of their own. */
function forRules(problems: readonly DocumentProblem[]): DocumentProblem[] {
  return problems.map((problem) => ({
    ...problem,
    remedy: problem.remedy.replace('docs/catalog-authors.md', 'docs/policies.md'),
  }));
}
