import { z } from 'zod';
import { approvalParser } from './approval-document.js';
import type { Verb } from './policy-decision.js';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens')
  .max(50);
const email = z.email().transform((address) => address.toLowerCase());
const channel = z
  .string()
  .regex(/^#[a-z0-9][a-z0-9_-]{0,79}$/, 'write a channel as "#name", in quotes')
  .transform((name) => name.slice(1));
const group = z
  .string()
  .regex(/^@?[a-z0-9][a-z0-9._-]*$/, 'write a user group by its handle')
  .transform((handle) => handle.replace(/^@/, ''));
const roster = z.strictObject({ emails: z.array(email).default([]), slackGroups: z.array(group).default([]) });
const sentence = z.string().trim().min(1).max(300);

const VERBS = [
  'request',
  'view',
  'approve',
  'extend',
  'destroy',
  'transfer',
  'operate',
  'upgrade',
  'cancel',
  'fetch-secret',
  'declare',
  'run-step',
  'break-glass',
  'audit',
  'administer',
  'explain',
] as const satisfies readonly Verb[];
const WAITING_VERBS: ReadonlySet<Verb> = new Set(['request', 'run-step', 'operate', 'upgrade']);

const who = z.union([
  z.strictObject({ relation: z.enum(['member', 'lead', 'outsider', 'item-owner']) }),
  z.strictObject({ role: id }),
  z.strictObject({ team: id }),
  z.strictObject({ self: z.literal(true) }),
  z.strictObject({ anyone: z.literal(true) }),
]);

const rule = z
  .strictObject({
    id,
    can: z.array(z.enum(VERBS)).min(1),
    who: z.array(who).min(1),
    items: z.array(id).min(1).exactOptional(),
    environments: z.array(id).min(1).exactOptional(),
    stepKinds: z
      .array(z.enum(['manual', 'diagnostic', 'automated']))
      .min(1)
      .exactOptional(),
    effect: z.enum(['allow', 'deny', 'needs-approval']),
    approval: approvalParser.exactOptional(),
    message: sentence,
    remedy: sentence.exactOptional(),
  })
  .refine((value) => (value.effect === 'needs-approval') === (value.approval !== undefined), {
    path: ['approval'],
    message: 'approval belongs to the effect needs-approval, and only to it',
    params: { remedy: 'write both or neither' },
  })
  .refine((value) => value.effect !== 'needs-approval' || value.can.every((verb) => WAITING_VERBS.has(verb)), {
    path: ['can'],
    message: 'only request, run-step, operate and upgrade can wait for an approval',
    params: { remedy: 'write allow or deny for the other verbs, in a rule of their own' },
  });

const team = z.strictObject({
  id,
  title: z.string().trim().min(1).max(60),
  channel,
  approvalsChannel: channel,
  leads: roster,
  members: roster,
});
const role = z.strictObject({ id, title: z.string().trim().min(1).max(60), people: roster });

/** The shape of `catalog/access.yaml`: who belongs where, and the rules. */
export const accessParser = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version has three numbers, 1.0.0'),
  /** Where people are sent when no rule speaks for them. */
  contactChannel: channel,
  environments: z.array(id).min(1),
  teams: z.array(team).min(1),
  roles: z.array(role).default([]),
  /** Who is whose manager, by e-mail: `ada@example.com: lea@example.com`. */
  managers: z.record(email, email).default({}),
  rules: z.array(rule).min(1),
});

export type AccessDocument = z.infer<typeof accessParser>;
export type AccessRule = AccessDocument['rules'][number];
export type AccessTeam = AccessDocument['teams'][number];
export type Who = AccessRule['who'][number];

export { id as idParser, sentence as sentenceParser };
