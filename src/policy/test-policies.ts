import { join } from 'node:path';
import type { CatalogItem } from '../catalog/index.js';
import {
  type DocumentProblem,
  readYamlFile,
  readYamlFolder,
  type SourceFile,
  YamlDocument,
} from '../platform/documents/index.js';
import { ACCESS_FILE, readAccess } from './access-book.js';
import { connectOpa } from './opa/connect-opa.js';
import type { KnownNames } from './rules/check-rule.js';
import { NO_FREEZES } from './rules/freeze-windows.js';
import { bundleNames, FREEZES_FILE, POLICIES_FOLDER, readFreezes, readRule } from './rules/read-rule.js';
import type { Rule } from './rules/rule-document.js';
import { type ExampleResult, runExamples } from './rules/rule-examples.js';
import { RuleJudge } from './rules/rule-judge.js';

export interface PolicyReport {
  /** Ids of the rules that are good. */
  readonly rules: readonly string[];
  readonly problems: readonly DocumentProblem[];
  /** Of every example of those, with its file. */
  readonly examples: readonly (ExampleResult & { readonly file: string })[];
}

/** Checks the rules and freeze windows as the bot would at start, and runs the rules' examples. Needs no database. */
export async function testPolicies(catalogDir: string, items: readonly CatalogItem[]): Promise<PolicyReport> {
  const known = await knownNames(catalogDir, items);
  const { files, problems } = await readYamlFolder(join(catalogDir, 'policies'), POLICIES_FOLDER);
  const windows = await readWindows(catalogDir, known.environments);
  const read = files.map((file) => ({ file, reading: readRule(file, known) }));
  const good = read.flatMap(({ file, reading }) => (reading.ok ? [{ file, rule: reading.value }] : []));
  // Whoever runs the examples may ask the servers that the rules name.
  const httpAllow = good.flatMap(({ rule }) => (rule.opa?.url === undefined ? [] : [new URL(rule.opa.url).origin]));
  const opa = connectOpa({ catalogDir, httpAllow });
  const run = { judge: new RuleJudge(opa), items, zone: windows.zone };
  const examples = await Promise.all(good.map(({ file, rule }) => examplesOf(file, rule, run)));
  await opa.onModuleDestroy();
  return {
    rules: good.map(({ rule }) => rule.id),
    problems: [
      ...problems,
      ...read.flatMap(({ reading }) => reading.problems),
      ...twins(good.map(({ rule }) => rule)),
      ...windows.problems,
    ],
    examples: examples.flat(),
  };
}

async function examplesOf(
  { file, source }: SourceFile,
  rule: Rule,
  run: Parameters<typeof runExamples>[2],
): Promise<(ExampleResult & { file: string })[]> {
  const read = YamlDocument.read(source, file);
  if (!read.ok) return [];
  return (await runExamples(rule, read.document, run)).map((result) => ({ ...result, file }));
}

async function knownNames(catalogDir: string, items: readonly CatalogItem[]): Promise<KnownNames> {
  const { files } = await readYamlFile(join(catalogDir, 'access.yaml'), ACCESS_FILE);
  const reading = readAccess(files[0]?.source ?? '');
  const access = reading.ok ? reading.access : { teams: [], roles: [], environments: [] };
  return {
    teams: access.teams.map(({ id }) => id),
    roles: access.roles.map(({ id }) => id),
    environments: access.environments,
    bundles: await bundleNames(catalogDir),
    items: new Map(items.map((item) => [item.name, Object.keys(item.parameters.properties)])),
  };
}

async function readWindows(
  catalogDir: string,
  environments: readonly string[],
): Promise<{ zone: string; problems: readonly DocumentProblem[] }> {
  const { files } = await readYamlFile(join(catalogDir, 'freezes.yaml'), FREEZES_FILE);
  const [file] = files;
  if (file === undefined) return { zone: NO_FREEZES.zone, problems: [] };
  const reading = readFreezes(file.source, environments);
  return { zone: reading.ok ? reading.value.zone : NO_FREEZES.zone, problems: reading.problems };
}

function twins(rules: readonly Rule[]): DocumentProblem[] {
  return rules.flatMap((rule, index) => {
    const first = rules.findIndex(({ id }) => id === rule.id);
    if (first === index) return [];
    const message = `${rules[first]?.file ?? 'another file'} has the id “${rule.id}” already`;
    return [{ file: rule.file, line: 1, column: 1, message, remedy: 'choose another id', severity: 'error' as const }];
  });
}
