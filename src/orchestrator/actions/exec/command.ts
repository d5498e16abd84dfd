import { z } from 'zod';
import { secretReference } from '../secret-reference.js';

const withoutNul = z
  .string()
  .max(65_536)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL character');
const argument = withoutNul.max(8_192);
/** What a person chose goes here: it can't be taken for an option. */
const operand = argument.refine(
  (text) => !text.startsWith('-'),
  'must not begin with a dash: it would be read as an option',
);
const variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,60}$/, 'capital letters, digits and underscores')
  .refine((name) => !/^(?:PATH|HOME|TMPDIR|IFS|ENV|LD_.*|DYLD_.*|QM_.*)$/.test(name), 'is set by us');

export const programName = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/);

/** One call of a listed program. */
export const command = z.strictObject({
  args: z.array(argument).max(100).default([]),
  operands: z.array(operand).max(100).default([]),
});

export type Command = z.output<typeof command>;

/** How all calls of a step are made. */
export const surroundings = z.object({
  program: programName,
  environment: z.record(variable, withoutNul).default({}),
  secrets: z.record(variable, secretReference).default({}),
  seconds: z.int().min(1).max(3_600).default(300),
  memoryMegabytes: z.int().min(16).max(65_536).default(1_024),
  outputKilobytes: z.int().min(1).max(10_240).default(1_024),
});

export type Surroundings = z.output<typeof surroundings>;

export const workingFile = z
  .string()
  .max(200)
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/, 'a path inside the working folder');
export const fileText = withoutNul;

/** What stands for "it is there already": a path on this machine, or a call that ends with 0. */
export const proof = z.strictObject({
  creates: z
    .string()
    .regex(/^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]{1,500}$/, 'an absolute path without . and ..')
    .optional(),
  check: command.optional(),
});

export type Proof = z.output<typeof proof>;
