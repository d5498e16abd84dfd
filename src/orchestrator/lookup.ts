import type { z } from 'zod';
import type { Option } from '../options/index.js';
import { parsed } from './action-input.js';

export interface LookupContext {
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** An action's read-only look at what there is, for the options of a parameter. */
export interface Lookup<Input extends z.ZodType> {
  /** `system:things`. */
  readonly id: string;
  readonly title: string;
  readonly input: Input;
  /** Changes nothing. In the order in which they are offered. @throws ActionFailed with a sentence */
  find(input: z.output<Input>, context: LookupContext): Promise<readonly Option[]>;
}

/** A lookup whose types have been forgotten; inputs are parsed before they reach it. */
export interface AnyLookup {
  readonly id: string;
  readonly title: string;
  readonly input: z.ZodType;
  find(input: unknown, context: LookupContext): Promise<readonly Option[]>;
}

/** Checks the definition's types and puts its own schema at its door. */
export function defineLookup<Input extends z.ZodType>(lookup: Lookup<Input>): AnyLookup {
  return {
    id: lookup.id,
    title: lookup.title,
    input: lookup.input,
    find: async (input, context) => lookup.find(parsed(lookup.input, input, 'input', lookup.id), context),
  };
}
