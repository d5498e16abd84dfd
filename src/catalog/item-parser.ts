import { z } from 'zod';
import type { CatalogItem } from './catalog-item.js';
import { governanceShape } from './governance.js';
import { kebabName, semver, stepName, title } from './names.js';
import { parametersParser } from './parameters-parser.js';
import { stepParser } from './step-template.js';

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
  steps: z.array(stepParser).min(1).max(50),
  onFailure: z.enum(['undo', 'keep']).exactOptional(),
  outputs: z.record(stepName, z.string()).default({}),
  ...governanceShape,
});
