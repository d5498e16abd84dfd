import { z } from 'zod';
import type { CatalogItem } from './catalog-item.js';
import { governanceShape } from './governance.js';
import { examplesShape } from './item-example.js';
import { kebabName, semver, stepName, title } from './names.js';
import { needsShape } from './needs.js';
import { operationParser } from './operation.js';
import { parametersParser } from './parameters-parser.js';
import { schedulesParser } from './schedule.js';
import { standingShape, successorIsMeant } from './standing.js';
import { stepParser } from './step-template.js';

const hours = z.number().positive().max(8760);
const lease = z
  .strictObject({
    defaultHours: hours,
    maxHours: hours,
    warnHoursBefore: hours,
    extendHours: hours,
    dependents: z
      .enum(['wait', 'take'])
      .describe('What its end means for what stands on it: it waits for them, or takes them with it')
      .exactOptional(),
  })
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

export type ItemDocument = Omit<CatalogItem, 'digest' | 'file' | 'lacks'>;

/** The shape of `catalog/items/*.yaml`. What goes beyond shape is checked in {@link checkItem}. */
export const itemParser: z.ZodType<ItemDocument> = z
  .strictObject({
    name: kebabName.describe('How it is called in commands: lower-case letters, digits and single hyphens'),
    title: title.max(75).describe('As people read it'),
    summary: z.string().trim().min(1).max(500).describe('What it is good for, in a sentence or two'),
    version: semver.describe('1.0.0; raise it with every change'),
    owner: kebabName.describe('Id of the team that answers for it, from access.yaml'),
    tags: z.array(kebabName).max(50).describe('Words to find it by').default([]),
    ...standingShape,
    ...needsShape,
    environments: z.array(kebabName).min(1).describe('Where it is offered; names of access.yaml'),
    parameters: parametersParser.describe('JSON Schema 2020-12 of what the form asks for'),
    lease: lease.describe('How long it lives, in hours'),
    resource: z
      .strictObject({
        kind: kebabName,
        title: z.string().min(1),
        identity: z
          .string()
          .min(1)
          .describe('What a team may have only one of in an environment. May use params and request')
          .exactOptional(),
        dependsOn: z
          .union([z.string().min(1), z.array(z.string().min(1)).max(20)])
          .describe('Ids of resources it stands on, beside those chosen in the form. May use params and request')
          .exactOptional(),
      })
      .describe('What is made; the title may use params and request'),
    steps: z.array(stepParser).min(1).max(50).describe('What is done, one after the other'),
    onFailure: z
      .enum(['undo', 'keep'])
      .describe('What becomes of what was made when a step fails: taken back, or kept for inspection')
      .exactOptional(),
    concurrency: z
      .strictObject({
        limit: z.int().min(1).max(1000).describe('So many runs at the same time'),
        target: z
          .string()
          .min(1)
          .describe('On what; the item itself if left out. May use params and request')
          .exactOptional(),
      })
      .describe('How many runs may work on the same thing at the same time')
      .exactOptional(),
    outputs: z.record(stepName, z.string()).describe('What its owner is shown; never secrets').default({}),
    operations: z.array(operationParser).max(20).describe('What can be done to it while it lives').exactOptional(),
    schedules: schedulesParser.describe('When it may sleep, and the operations for that').exactOptional(),
    ...governanceShape,
    ...examplesShape,
  })
  .refine(...successorIsMeant);
