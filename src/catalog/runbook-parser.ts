import { z } from 'zod';
import { actionId, jsonObject, kebabName, semver, stepName, title } from './names.js';
import type { Runbook } from './runbook.js';

const approval = z.strictObject({
  count: z.int().min(1).max(5).default(1),
  from: z
    .strictObject({
      relation: z.enum(['lead', 'member']).exactOptional(),
      role: kebabName.exactOptional(),
      teamId: kebabName.exactOptional(),
    })
    .refine((from) => (from.role === undefined) !== (from.relation === undefined && from.teamId === undefined), {
      message: 'say whose votes are wanted: either a role, or a relation to a team',
      params: { remedy: 'write “role: …”, or “relation: lead”' },
    }),
  expiresAfterSeconds: z.int().min(60).max(604_800).default(1800),
});
const base = { name: stepName, title, approval: approval.exactOptional() };
const instructions = z.string().trim().min(1).max(2000);
const action = {
  ...base,
  instructions: instructions.exactOptional(),
  action: actionId,
  with: jsonObject.default({}),
  timeoutSeconds: z.int().min(1).max(3600).default(60),
};
const step = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, kind: z.literal('manual'), instructions }),
  z.strictObject({ ...action, kind: z.literal('diagnostic'), reversible: z.literal(false).default(false) }),
  z.strictObject({ ...action, kind: z.literal('automated'), reversible: z.boolean().default(false) }),
]);

export type RunbookDocument = Omit<Runbook, 'digest' | 'file'>;

/** The shape of `runbooks/*.yaml`. What goes beyond shape is checked in {@link checkRunbook}. */
export const runbookParser: z.ZodType<RunbookDocument> = z.strictObject({
  name: kebabName,
  title: title.max(75),
  summary: z.string().trim().min(1).max(500),
  version: semver,
  owner: kebabName,
  appliesTo: z
    .strictObject({ items: z.array(kebabName).default([]), kinds: z.array(kebabName).default([]) })
    .refine((to) => to.items.length + to.kinds.length > 0, 'name at least one item or kind it applies to'),
  severities: z.array(z.enum(['sev1', 'sev2', 'sev3', 'sev4'])).default(['sev1', 'sev2', 'sev3', 'sev4']),
  steps: z.array(step).min(1).max(30),
});
