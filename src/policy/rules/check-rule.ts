import { type CelFault, parseCel } from '../../catalog/index.js';
import { closest, type DocumentPath, type DocumentProblem, type YamlDocument } from '../../platform/documents/index.js';
import { votersNamed } from '../approval-document.js';
import { references } from '../check-access.js';
import { parameterNames } from './expression-limits.js';
import type { RuleDocument } from './rule-document.js';
import { ruleEnvironment } from './rule-environment.js';
import { RuleProgram } from './rule-program.js';
import { RuleText } from './rule-text.js';

/** The names that a rule may lead to. */
export interface KnownNames {
  readonly teams: readonly string[];
  readonly roles: readonly string[];
  readonly environments: readonly string[];
  /** File names in catalog/policies/opa. */
  readonly bundles: readonly string[];
  /** Parameter names by catalog item. */
  readonly items: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong in a rule beyond its shape: expressions, and names that lead nowhere. */
export function ruleProblems(document: YamlDocument, rule: RuleDocument, known: KnownNames): DocumentProblem[] {
  return [
    ...conditionProblems(document, rule),
    ...parameterProblems(document, rule, known),
    ...textProblems(document, ['message'], rule.message),
    ...textProblems(document, ['remedy'], rule.remedy ?? ''),
    ...nameProblems(document, ['owner'], 'team', [rule.owner], known.teams),
    ...nameProblems(document, ['environments'], 'environment', rule.environments ?? [], known.environments),
    ...votersNamed(rule.approval).flatMap(({ at, voters }) => references(document, ['approval', ...at], voters, known)),
    ...nameProblems(document, ['opa', 'bundle'], 'bundle', rule.opa?.bundle ?? [], known.bundles),
    // Only a warning, as the item's own file may be the broken one.
    ...nameProblems(document, ['items'], 'catalog item', rule.items ?? [], [...known.items.keys()], 'warning'),
  ];
}

function conditionProblems(document: YamlDocument, { when }: RuleDocument): DocumentProblem[] {
  if (when === undefined) return [];
  const compiled = RuleProgram.compile(when, 'bool');
  return compiled.ok ? [] : compiled.faults.map((fault) => inText(document, ['when'], when, fault));
}

function textProblems(document: YamlDocument, path: DocumentPath, text: string): DocumentProblem[] {
  return RuleText.read(text).faults.map((fault) => inText(document, path, fault.expression, fault));
}

function inText(document: YamlDocument, path: DocumentPath, text: string, fault: CelFault): DocumentProblem {
  const message = `the expression is wrong: ${fault.message}`;
  if (document.source.includes(text)) return document.problemInText(path, text, fault.offset, message, fault.remedy);
  // Folded text stands otherwise in the file: its place is found by how it goes on.
  const [goesOn = ''] = text.slice(fault.offset, fault.offset + 20).split('\n');
  return document.problemInText(path, goesOn, 0, message, fault.remedy);
}

/** For a rule about certain items it is known which parameters there are. */
function parameterProblems(
  document: YamlDocument,
  { when, items }: RuleDocument,
  known: KnownNames,
): DocumentProblem[] {
  const lists = (items ?? []).flatMap((name) => known.items.get(name) ?? []);
  if (when === undefined || lists.length === 0 || !RuleProgram.compile(when, 'bool').ok) return [];
  return parameterNames(parseCel(ruleEnvironment(), when).ast).flatMap(({ name, offset }) => {
    if (lists.includes(name)) return [];
    const [near] = closest(name, lists, 1);
    const remedy =
      near === undefined ? `use one of ${[...new Set(lists)].join(', ')}` : `did you mean parameters.${near}?`;
    return [
      inText(document, ['when'], when, {
        offset,
        remedy,
        message: `${(items ?? []).join(', ')} has no parameter ${name}`,
      }),
    ];
  });
}

function nameProblems(
  document: YamlDocument,
  path: DocumentPath,
  what: string,
  written: string | readonly string[],
  known: readonly string[],
  severity: DocumentProblem['severity'] = 'error',
): DocumentProblem[] {
  const names = typeof written === 'string' ? [written] : written;
  return names.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const [near] = closest(name, known, 1);
    const remedy =
      near === undefined ? `write one of ${known.slice(0, 20).join(', ')} instead` : `write “${near}” instead`;
    const at = typeof written === 'string' || path[0] === 'owner' ? path : [...path, index];
    return [document.problem(at, `there is no ${what} “${name}”`, remedy, severity)];
  });
}
