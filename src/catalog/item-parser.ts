import { z } from 'zod';
import type { Json } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import { governanceShape } from './governance.js';
import { parametersParser } from './parameters-parser.js';

/** `postgres-database` */
export const kebabName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name has lower-case letters, digits and single hyphens')
  .max(50);
/** `connection_check`, `role`: used as `steps.<name>` in expressions, where a hyphen would be a minus. */
export const stepName = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_]{0,40}$/,
    'a step’s name starts with a lower-case letter and has only letters, digits and _ (a hyphen would be a minus in expressions)',
  );
export const actionId = z.string().regex(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'an action is written system:thing');
export const semver = z.string().regex(/^\d+\.\d+\.\d+$/, 'a version has three numbers, 1.0.0');
export const title = z.string().trim().min(1).max(150);
const json: z.ZodType<Json> = z.json();
export const jsonObject = z.record(z.string(), json);

const hours = z.number().positive().max(8760);
const lease = z
  .strictObject({ defaultHours: hours, maxHours: hours, warnHoursBefore: hours, extendHours: hours })
  .refine((value) => value.defaultHours <= value.maxHours, {
    path: ['defaultHours'],
    message: 'the default lease is longer than maxHours',
    params: { remedy: 'write at most maxHours' },
  })
  .refine((value) => value.warnHoursBefore < value.defaultHours, {
    path: ['warnHoursBefore'],
    message: 'the warning would come before the lease has begun',
    params: { remedy: 'write less than defaultHours' },
  });

const step = z.strictObject({
  name: stepName,
  title,
  action: actionId,
  with: jsonObject.default({}),
  timeoutSeconds: z.int().min(1).max(3600).default(60),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(10).default(3),
      backoffSeconds: z.number().min(0).max(300).default(2),
    })
    .default({ attempts: 3, backoffSeconds: 2 }),
  if: z.string().exactOptional(),
});

export type ItemDocument = Omit<CatalogItem, 'digest' | 'file'>;

/** The shape of `catalog/items/*.yaml`. What goes beyond shape is checked in {@link checkItem}. */
export const itemParser: z.ZodType<ItemDocument> = z.strictObject({
  name: kebabName,
  title: title.max(75),
  summary: z.string().trim().min(1).max(500),
  version: semver,
  owner: kebabName,
  tags: z.array(kebabName).default([]),
  lifecycle: z.enum(['draft', 'active', 'deprecated', 'retired']).default('active'),
  environments: z.array(kebabName).min(1),
  parameters: parametersParser,
  lease,
  resource: z.strictObject({ kind: kebabName, title: z.string().min(1) }),
  steps: z.array(step).min(1).max(50),
  outputs: z.record(stepName, z.string()).default({}),
  ...governanceShape,
});
