import { z } from 'zod';
import type { Json, JsonObject } from '../../../shared/index.js';

const MOST_LINES = 60;
const LONGEST_VALUE = 60;

const json = z.json();
const change = z.object({
  address: z.string(),
  mode: z.string().default('managed'),
  change: z.object({
    actions: z.array(z.string()),
    before: json.optional(),
    after: json.optional(),
    after_unknown: json.optional(),
    before_sensitive: json.optional(),
    after_sensitive: json.optional(),
  }),
});
const shownPlan = z.object({
  resource_changes: z.array(change).default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
});

/** What a plan file would do. */
export interface PlannedChanges {
  readonly lines: readonly string[];
  readonly creates: number;
  readonly changes: number;
  /** Addresses of what would be taken away or replaced. */
  readonly removes: readonly string[];
  readonly isEmpty: boolean;
}

type Change = z.output<typeof change>['change'];

/** Out of `show -json`. Sensitive values are never told. @throws ZodError when it is something else */
export function plannedChanges(shown: unknown): PlannedChanges {
  const plan = shownPlan.parse(shown);
  const resources = plan.resource_changes.filter((one) => one.mode === 'managed' && !isNothing(one.change.actions));
  const outputs = Object.entries(plan.output_changes).filter(([, { actions }]) => !isNothing(actions));
  const lines = [
    ...resources.flatMap((one) => linesOf(one.address, one.change)),
    ...outputs.map(([name, { actions }]) => `${SIGNS[actions.join()] ?? '~'} output ${name}`),
  ];
  const having = (action: string): string[] =>
    resources.filter((one) => one.change.actions.includes(action)).map((one) => one.address);
  return {
    lines: lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`] : lines,
    creates: resources.filter((one) => one.change.actions.join() === 'create').length,
    changes: having('update').length,
    removes: having('delete'),
    isEmpty: lines.length === 0,
  };
}

const SIGNS: Readonly<Record<string, string>> = {
  create: '+',
  update: '~',
  delete: '-',
  forget: '-',
  'delete,create': '-/+',
  'create,delete': '+/-',
};

function isNothing(actions: readonly string[]): boolean {
  return actions.every((action) => action === 'no-op' || action === 'read');
}

function linesOf(address: string, { actions, ...change }: Change): string[] {
  const sign = SIGNS[actions.join()] ?? '~';
  const words = actions.length > 1 ? ' (replaced)' : '';
  const isUpdate = actions.includes('update') || actions.length > 1;
  return [`${sign} ${address}${words}`, ...(isUpdate ? attributeLines(change) : []).map((line) => `   ${line}`)];
}

function attributeLines(change: Omit<Change, 'actions'>): string[] {
  const [before, after, unknown] = [change.before, change.after, change.after_unknown].map(objectOf);
  const hidden = [change.before_sensitive, change.after_sensitive].map(objectOf);
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(unknown ?? {})]);
  return [...names].flatMap((name) => {
    const [from, to] = [before?.[name], after?.[name]];
    const isUnknown = isMarked(unknown?.[name]);
    if (!isUnknown && JSON.stringify(from ?? null) === JSON.stringify(to ?? null)) return [];
    if (hidden.some((marks) => isMarked(marks[name]))) return [`${name}: another value (sensitive)`];
    return [`${name}: ${valueText(from)} → ${isUnknown ? '(known when applied)' : valueText(to)}`];
  });
}

/** `true`, or something with `true` in it. */
function isMarked(mark: Json | undefined): boolean {
  return mark !== undefined && JSON.stringify(mark).includes('true');
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function valueText(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}
