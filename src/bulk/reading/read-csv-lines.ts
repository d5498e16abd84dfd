import type { Json } from '../../shared/index.js';
import type { BulkLine, BulkProblem, BulkReading } from './bulk-line.js';
import { type CsvRecord, readCsv } from './csv.js';

const OWN = ['item', 'team', 'environment', 'lease', 'reason'] as const;
type Own = (typeof OWN)[number];
/** `parameters.team` is a parameter that is called like a column of ours. */
const PREFIX = 'parameters.';
const HOURS = /^\d{1,5}$/;

/** A column is one of ours, or a parameter: `name`, `network.port`. */
type Column = { readonly own: Own } | { readonly path: string };

/** A file with a line of headings. Empty cells count as left out. */
export function readCsvLines(source: string): BulkReading {
  const read = readCsv(source);
  if (!read.ok) return { lines: [], problems: [{ line: read.line, message: read.message }] };
  const [head, ...records] = read.records;
  if (head === undefined) return { lines: [], problems: [{ line: 1, message: 'There is nothing in it.' }] };
  const columns = head.cells.map(columnOf);
  const problems = headProblems(head);
  if (problems.length > 0) return { lines: [], problems };
  const readings = records.map((record) => lineOf(record, columns));
  return { lines: readings.flatMap(({ lines }) => lines), problems: readings.flatMap((one) => one.problems) };
}

function columnOf(heading: string): Column {
  const own = OWN.find((name) => name === heading.toLowerCase());
  if (own !== undefined) return { own };
  const path = heading.startsWith(PREFIX) ? heading.slice(PREFIX.length) : heading;
  return { path: path.replaceAll('.', '/') };
}

function headProblems({ line, cells }: CsvRecord): BulkProblem[] {
  const nameless = cells.filter((cell) => cell === '').length;
  const twice = cells.filter((cell, index) => cell !== '' && cells.indexOf(cell) !== index);
  const isItemless = !cells.some((cell) => cell.toLowerCase() === 'item');
  return [
    ...(isItemless ? ['The first line names the columns, and one of them is “item”: what is requested.'] : []),
    ...(nameless > 0 ? ['A column has no name. Name it, or take it out.'] : []),
    ...twice.map((name) => `The column “${name}” is there twice.`),
  ].map((message) => ({ line, message }));
}

function lineOf({ line, cells }: CsvRecord, columns: readonly Column[]): BulkReading {
  const refuse = (message: string): BulkReading => ({ lines: [], problems: [{ line, message }] });
  if (cells.length > columns.length)
    return refuse(
      `There are ${cells.length} cells under ${columns.length} headings. Put cells with a comma in quotes.`,
    );
  const filled = columns.flatMap((column, index) => {
    const cell = cells[index] ?? '';
    return cell === '' ? [] : [{ column, cell }];
  });
  const own = new Map(filled.flatMap(({ column, cell }) => ('own' in column ? [[column.own, cell] as const] : [])));
  const itemName = own.get('item');
  if (itemName === undefined) return refuse('It does not say which item.');
  const lease = own.get('lease');
  if (lease !== undefined && !HOURS.test(lease)) return refuse('lease: write a number of hours, such as 24.');
  const typed = filled.flatMap(({ column, cell }) => ('path' in column ? [[column.path, cell] as const] : []));
  const bulkLine: BulkLine = {
    line,
    itemName,
    teamId: own.get('team'),
    environment: own.get('environment'),
    leaseHours: lease === undefined ? undefined : Number(lease),
    reason: own.get('reason'),
    typed: typedOf(typed),
  };
  return { lines: [bulkLine], problems: [] };
}

/** With the objects around nested fields wanted, and lists as long as they are. */
function typedOf(cells: readonly (readonly [path: string, cell: string])[]): Record<string, Json> {
  const typed = new Map<string, Json>();
  for (const [path, cell] of cells) {
    typed.set(path, cell);
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const around = parts.slice(0, length).join('/');
      typed.set(`${around}?`, true);
      const index = Number(parts[length]);
      if (/^\d{1,2}$/.test(parts[length] ?? ''))
        typed.set(`${around}#`, Math.max(index + 1, Number(typed.get(`${around}#`) ?? 0)));
    }
  }
  return Object.fromEntries(typed);
}
