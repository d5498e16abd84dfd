import { z } from 'zod';
import type { Json, JsonObject } from '../shared/index.js';
import { actionId, jsonObject, stepName, title } from './names.js';

/** `pre-check` comes before anything is made, `post-check` after all of it. */
export type StepPhase = 'pre-check' | 'post-check';

/** What must hold after a step, and the sentence for a person when it does not. */
export interface Expectation {
  /** One `${{ condition }}`; it sees the step's own output too. */
  readonly that: string;
  readonly otherwise: string;
}

/** One use of an action. `with`, `title`, `if` and `expect` may hold `${{ expressions }}`. */
export interface StepTemplate {
  readonly name: string;
  readonly title: string;
  /** Action id, `system:thing`. */
  readonly action: string;
  readonly with: JsonObject;
  readonly timeoutSeconds: number;
  readonly retry: { readonly attempts: number; readonly backoffSeconds: number };
  /** One `${{ condition }}`; the step is skipped when it is false. */
  readonly if?: string;
  /** Neighbours of one group run at the same time. */
  readonly group?: string;
  /** One `${{ list }}` of parameters: the step runs once for each element, which expressions see as `item`, counted by `index`. */
  readonly forEach?: string;
  readonly phase?: StepPhase;
  readonly expect?: readonly Expectation[];
  /** In a run only: which turn of its loop this is. */
  readonly loop?: { readonly index: number; readonly item: Json };
  /** In a run only, one that reconciles: the facts to bring back of what is there already. */
  readonly mend?: Readonly<Record<string, string | number | boolean>>;
  /** In a run only, one that upgrades: what lives of this step, and how it was asked for. */
  readonly was?: LivingStep;
  /** In a run only, one that upgrades: a step that the new version has no more, to be taken away at the end. */
  readonly gone?: true;
}

/** What an earlier run made that lives. */
export interface LivingStep {
  /** Null when it can't be worked out any more. */
  readonly input: JsonObject | null;
  readonly state: JsonObject;
  readonly output: JsonObject;
  /** What was found of it before it is changed. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** The shape of a step in `catalog/items/*.yaml`. */
export const stepParser = z.strictObject({
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
  group: stepName.exactOptional(),
  forEach: z.string().exactOptional(),
  phase: z.enum(['pre-check', 'post-check']).exactOptional(),
  expect: z
    .array(z.strictObject({ that: z.string(), otherwise: z.string().trim().min(1).max(300) }))
    .max(10)
    .exactOptional(),
});
