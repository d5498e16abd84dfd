import { z } from 'zod';
import { idParser } from '../access-document.js';
import { RULE_VERBS } from './rule-verbs.js';

const text = z.string().max(3000);
const ids = z.array(idParser).max(50);
const count = z.number().min(0);

/** When nothing else is given: a plain Wednesday morning, so that an example says the same every day. */
export const EXAMPLE_TIME = '2026-01-14T10:00:00Z';

/** What an example gives; everything else is ordinary (docs/policies.md says what). The names are those of the rules' facts. */
export const givenParser = z.strictObject({
  verb: z.enum(RULE_VERBS).default('request'),
  /** With `operate`. */
  operation: text.default(''),
  person: z
    .strictObject({
      id: text.default('U0EXAMPLE'),
      name: text.default('example'),
      email: text.default('example@quartermaster.test'),
      teams: ids.default(['payments']),
      leads: ids.default([]),
      roles: ids.default([]),
    })
    .prefault({}),
  /** Team id. */
  team: idParser.default('payments'),
  /** Name of a catalog item. */
  item: idParser.exactOptional(),
  environment: idParser.default('development'),
  /** Beside the defaults of the item. */
  parameters: z.record(z.string().max(100), z.json()).default({}),
  reason: text.default(''),
  leaseHours: z.number().positive().exactOptional(),
  plan: z
    .array(
      z.strictObject({
        step: text.default('step'),
        title: text.default('Step'),
        kind: z.enum(['create', 'change', 'none', 'unknown', 'cannot']),
        summary: text.default(''),
      }),
    )
    .max(100)
    .default([]),
  cost: z
    .strictObject({ currency: text.default('EUR'), hourly: count, monthly: count, untilEnd: count })
    .exactOptional(),
  quota: z
    .array(z.strictObject({ unit: idParser, limit: count, used: count, wanted: count }))
    .max(50)
    .exactOptional(),
  resource: z.strictObject({ id: text, kind: text, title: text, ageHours: count }).exactOptional(),
  time: z.iso.datetime({ offset: true }).default(EXAMPLE_TIME),
  freeze: z
    .array(z.strictObject({ id: idParser, title: text.default('A freeze'), until: text.default('later') }))
    .max(20)
    .default([]),
  incidents: z
    .array(
      z.strictObject({
        id: text.default('inc-example'),
        title: text.default('An incident'),
        severity: z.enum(['sev1', 'sev2', 'sev3', 'sev4']),
        environment: text.default(''),
        team: text.default(''),
        item: text.default(''),
      }),
    )
    .max(50)
    .default([]),
});

export type RuleGiven = z.infer<typeof givenParser>;
