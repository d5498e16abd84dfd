import { closest, type DocumentProblem, type YamlDocument } from '../platform/documents/index.js';
import type { CatalogItem } from './catalog-item.js';
import { duplicateNames } from './check-steps.js';
import { actionProblems, type Checkers, templateProblems } from './check-templates.js';
import { runbookScope } from './known-scope.js';
import type { RunbookDocument } from './runbook-parser.js';

/** What is wrong with a runbook beyond its shape. `items` are all items of the catalog. */
export function runbookProblems(
  document: YamlDocument,
  runbook: RunbookDocument,
  items: readonly CatalogItem[],
  checkers: Checkers,
): DocumentProblem[] {
  const { appliesTo, steps } = runbook;
  const covered = items.filter(
    (item) => appliesTo.items.includes(item.name) || appliesTo.kinds.includes(item.resource.kind),
  );
  const described = checkers.actions.describe();
  return [
    ...unknownTargets(document, runbook, items),
    ...duplicateNames(document, steps),
    ...steps.flatMap((step, index) => {
      if (step.kind === 'manual') return [];
      const known = runbookScope(
        covered,
        steps.slice(0, index),
        (id) => described.find((action) => action.id === id)?.outputs,
      );
      const path = ['steps', index];
      return [
        ...actionProblems(document, path, step, checkers),
        ...templateProblems(document, [...path, 'with'], step.with, known, checkers),
      ];
    }),
  ];
}

/** Only warnings: the item's own file may be the broken one. */
function unknownTargets(
  document: YamlDocument,
  { appliesTo }: RunbookDocument,
  items: readonly CatalogItem[],
): DocumentProblem[] {
  const names = items.map((item) => item.name);
  const kinds = items.map((item) => item.resource.kind);
  const look = (key: 'items' | 'kinds', known: readonly string[]): DocumentProblem[] =>
    appliesTo[key].flatMap((name, index) => {
      if (known.includes(name)) return [];
      const [near] = closest(name, known, 1);
      const remedy = near === undefined ? 'remove it, or add the catalog item' : `write “${near}” instead`;
      return [
        document.problem(['appliesTo', key, index], `nothing in the catalog is called “${name}”`, remedy, 'warning'),
      ];
    });
  return [...look('items', names), ...look('kinds', kinds)];
}
