import { z } from 'zod';
import { itemParser, runbookParser } from '../catalog/index.js';
import { onCallParser } from '../identity/index.js';
import type { AnyAction } from '../orchestrator/index.js';
import { accessParser, freezeParser, ruleParser } from '../policy/index.js';
import { priceParser, quotaParser } from '../quotas/index.js';
import type { JsonObject } from '../shared/index.js';
import { offlineActions } from './offline-actions.js';

/** File name in catalog/schema/ → what such a document looks like. */
const DOCUMENTS: Readonly<Record<string, { readonly title: string; readonly parser: z.ZodType }>> = {
  'access.json': { title: 'Who belongs where, and who may do what (catalog/access.yaml)', parser: accessParser },
  'freezes.json': { title: 'Freeze windows (catalog/freezes.yaml)', parser: freezeParser },
  'item.json': { title: 'A catalog item (catalog/items/*.yaml)', parser: itemParser },
  'on-call.json': { title: 'Who is on call (catalog/on-call.yaml)', parser: onCallParser },
  'policy.json': { title: 'A rule on content (catalog/policies/*.yaml)', parser: ruleParser },
  'prices.json': { title: 'What things cost (catalog/prices.yaml)', parser: priceParser },
  'quotas.json': { title: 'Quotas and budgets (catalog/quotas.yaml)', parser: quotaParser },
  'runbook.json': { title: 'A runbook (runbooks/*.yaml)', parser: runbookParser },
};

/** JSON Schemas by which editors complete and check the files while they are written; file name → text. */
export function editorSchemas(more: readonly AnyAction[] = []): ReadonlyMap<string, string> {
  const texts = Object.entries(DOCUMENTS).map(([file, { title, parser }]): [string, string] => {
    const schema = z.toJSONSchema(parser, { io: 'input', unrepresentable: 'any' }) as JsonObject;
    return [file, `${JSON.stringify({ title, ...withActions(schema, more) }, null, 2)}\n`];
  });
  return new Map(texts);
}

/** Only the actions there are, so that an editor offers them. */
function withActions(schema: JsonObject, more: readonly AnyAction[]): JsonObject {
  const ids = offlineActions(more)
    .describe()
    .map(({ id }) => id)
    .sort();
  const text = JSON.stringify(schema, (key, value: unknown) => {
    const isAction = key === 'action' && typeof value === 'object' && value !== null && 'pattern' in value;
    return isAction ? { type: 'string', enum: ids } : value;
  });
  return JSON.parse(text) as JsonObject;
}
