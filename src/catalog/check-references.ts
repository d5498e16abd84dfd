import { closest, type DocumentPath, type DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import type { CatalogItem } from './catalog-item.js';
import type { Runbook } from './runbook.js';

interface Complaint {
  readonly path: DocumentPath;
  readonly message: string;
  readonly remedy: string;
}

/**
 * What items say about other files. Only warnings: the other file may be the broken one, and every item works without.
 * With the items' sources, by file, they have lines.
 */
export function referenceProblems(
  items: ReadonlyMap<string, CatalogItem>,
  runbooks: ReadonlyMap<string, Runbook>,
  sources: ReadonlyMap<string, string> = new Map(),
): DocumentProblem[] {
  return [...items.values()].flatMap((item) =>
    [...ofSuccessor(item, items), ...ofRunbooks(item, runbooks)].map((complaint) =>
      warning(item.file, complaint, sources.get(item.file)),
    ),
  );
}

function ofSuccessor(item: CatalogItem, items: ReadonlyMap<string, CatalogItem>): Complaint[] {
  const { successor, lifecycle } = item;
  const path = ['successor'];
  if (successor === undefined) {
    if (lifecycle !== 'deprecated') return [];
    const message = 'it is deprecated, and nobody learns what to take instead';
    return [{ path: ['lifecycle'], message, remedy: 'add “successor: <item>”' }];
  }
  const found = items.get(successor);
  if (found === undefined) {
    const remedy = remedyFor(successor, [...items.keys()], 'write the name of an item');
    return [{ path, message: `its successor “${successor}” is not in the catalog`, remedy }];
  }
  if (found.name === item.name)
    return [{ path, message: 'it is its own successor', remedy: 'write the name of another item' }];
  if (found.lifecycle === 'active' || found.lifecycle === 'draft') return [];
  const remedy = 'write the name of one that is active';
  return [{ path, message: `its successor “${successor}” is ${found.lifecycle} itself`, remedy }];
}

function ofRunbooks(item: CatalogItem, runbooks: ReadonlyMap<string, Runbook>): Complaint[] {
  return (item.runbooks ?? []).flatMap((one, index) => {
    if (one.includes('://') || runbooks.has(one)) return [];
    const remedy = remedyFor(one, [...runbooks.keys()], 'write the name of a runbook, or an address');
    return [{ path: ['runbooks', index], message: `there is no runbook “${one}”`, remedy }];
  });
}

function remedyFor(word: string, known: readonly string[], otherwise: string): string {
  const [near] = closest(word, known, 1);
  return near === undefined ? otherwise : `write “${near}” instead`;
}

function warning(file: string, { path, message, remedy }: Complaint, source: string | undefined): DocumentProblem {
  const read = source === undefined ? null : YamlDocument.read(source, file);
  if (read?.ok === true) return read.document.problem(path, message, remedy, 'warning');
  return { file, line: 1, column: 1, message, remedy, severity: 'warning' };
}
