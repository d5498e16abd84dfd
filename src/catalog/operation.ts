import { z } from 'zod';
import { kebabName, stepName, title } from './names.js';
import type { ParametersSchema } from './parameter-schema.js';
import { parametersParser } from './parameters-parser.js';
import type { StepApproval } from './runbook.js';
import { type StepTemplate, stepParser } from './step-template.js';

/** Who of those whom the rules let may do it: its owner, members or leads of its team. */
export type Operator = 'owner' | 'member' | 'lead';

/** Something that can be done to a living resource of the item: a small request of its own. */
export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Expressions see what was entered as `operation`. */
  readonly parameters: ParametersSchema;
  readonly steps: readonly StepTemplate[];
  /** Narrows what access.yaml grants; it never grants anything. */
  readonly who?: readonly Operator[];
  /** Wanted beside what the rules want. */
  readonly approval?: StepApproval;
  /** Parameter of the resource → what it is afterwards; its quota follows. */
  readonly sets?: Readonly<Record<string, string>>;
  /** Name → template: what whoever asked is shown. One named like an output of the item is the resource's from then on. Never secrets. */
  readonly outputs: Readonly<Record<string, string>>;
}

const approval = z.strictObject({
  count: z.int().min(1).max(5).default(1),
  from: z.strictObject({
    relation: z.enum(['lead', 'member']).exactOptional(),
    role: kebabName.exactOptional(),
    teamId: kebabName.exactOptional(),
  }),
  expiresAfterSeconds: z.int().min(60).max(604_800).default(86_400),
});

/** The shape of an entry under `operations` in `catalog/items/*.yaml`. */
export const operationParser: z.ZodType<Operation> = z.strictObject({
  name: kebabName.describe('How it is called: lower-case letters, digits and single hyphens'),
  title: title.max(60).describe('As its button reads'),
  summary: z.string().trim().min(1).max(300).describe('What it does, in a sentence'),
  parameters: parametersParser.prefault({ type: 'object', properties: {} }).describe('What its form asks for'),
  steps: z.array(stepParser).min(1).max(20).describe('What is done; expressions may use resource and operation'),
  who: z
    .array(z.enum(['owner', 'member', 'lead']))
    .min(1)
    .exactOptional(),
  approval: approval.exactOptional(),
  sets: z.record(stepName, z.string()).exactOptional(),
  outputs: z.record(stepName, z.string()).default({}),
});
