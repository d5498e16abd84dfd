import { z } from 'zod';
import { TypedForm } from '../../catalog/index.js';
import { type DocumentPath, schemaProblems, YamlDocument } from '../../platform/documents/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import type { BulkProblem, BulkReading } from './bulk-line.js';

const json: z.ZodType<Json> = z.json();
const shared = {
  item: z.string().min(1).exactOptional(),
  team: z.string().min(1).exactOptional(),
  environment: z.string().min(1).exactOptional(),
  lease: z.int().exactOptional(),
  reason: z.string().exactOptional(),
  parameters: z.record(z.string(), json).exactOptional(),
};
const entryParser = z.strictObject(shared);
const fileParser = z.strictObject({ defaults: entryParser.exactOptional(), requests: z.array(json).min(1) });
type Entry = z.infer<typeof entryParser>;

/** `requests`, a list, with `defaults` for what they have in common; or the list alone. */
export function readYamlLines(source: string): BulkReading {
  const read = YamlDocument.read(source, 'file');
  if (!read.ok) return { lines: [], problems: read.problems.map(asBulk) };
  const { document } = read;
  const isList = Array.isArray(document.value);
  const parsed = fileParser.safeParse(isList ? { requests: document.value } : document.value);
  if (!parsed.success) return { lines: [], problems: schemaProblems(document, parsed.error.issues).map(asBulk) };
  const { defaults = {}, requests } = parsed.data;
  const readings = requests.map((raw, index) =>
    entryOf(document, raw, isList ? [index] : ['requests', index], defaults),
  );
  return { lines: readings.flatMap(({ lines }) => lines), problems: readings.flatMap(({ problems }) => problems) };
}

function entryOf(document: YamlDocument, raw: Json, path: DocumentPath, defaults: Entry): BulkReading {
  const parsed = entryParser.safeParse(raw);
  if (!parsed.success) return { lines: [], problems: schemaProblems(document, parsed.error.issues, path).map(asBulk) };
  const { item, team, environment, lease, reason, parameters } = { ...defaults, ...parsed.data };
  const { line } = document.problem(path, '', '');
  if (item === undefined) return { lines: [], problems: [{ line, message: 'It does not say which item.' }] };
  const whole: JsonObject = { ...defaults.parameters, ...parameters };
  const typed = TypedForm.of(whole).values;
  return {
    lines: [{ line, itemName: item, teamId: team, environment, leaseHours: lease, reason, typed }],
    problems: [],
  };
}

function asBulk({ line, message, remedy }: { line: number; message: string; remedy: string }): BulkProblem {
  return { line, message: `${message}: ${remedy}.` };
}
