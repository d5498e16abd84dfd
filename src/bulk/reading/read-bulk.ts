import { type BulkReading, MOST_LINES } from './bulk-line.js';
import { readCsvLines } from './read-csv-lines.js';
import { readYamlLines } from './read-yaml-lines.js';

const MAX_BYTES = 256 * 1024;

/** What a file asks for, with all that can be said without asking anybody. Never throws. */
export function readBulk(source: string, name = ''): BulkReading {
  const refuse = (message: string): BulkReading => ({ lines: [], problems: [{ line: 1, message }] });
  if (Buffer.byteLength(source) > MAX_BYTES) return refuse(`It is larger than ${MAX_BYTES / 1024} KiB.`);
  if (source.trim() === '') return refuse('There is nothing in it.');
  const reading = isYaml(source, name) ? readYamlLines(source) : readCsvLines(source);
  if (reading.lines.length > MOST_LINES)
    return refuse(`It holds ${reading.lines.length} requests; ${MOST_LINES} at once is the most. Split it.`);
  if (reading.lines.length + reading.problems.length === 0) return refuse('It holds no requests.');
  return reading;
}

/** By its name; what was pasted by its first line: CSV begins with headings, YAML with a key, a dash or a comment. */
function isYaml(source: string, name: string): boolean {
  if (/\.ya?ml$/i.test(name)) return true;
  if (/\.(csv|tsv|txt)$/i.test(name)) return false;
  const first = source
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
  return /^(---|-\s|[a-z]+:(\s|$)|[[{])/i.test(first ?? '');
}
