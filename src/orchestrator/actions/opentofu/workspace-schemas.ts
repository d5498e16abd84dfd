import { z } from 'zod';
import { fileText, workingFile } from '../exec/command.js';
import { secretReference } from '../secret-reference.js';

const variableName = z.string().regex(/^[A-Za-z_][\w-]{0,80}$/);
const environmentName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,60}$/, 'capital letters, digits and underscores')
  .refine((name) => !/^(?:PATH|HOME|TMPDIR|IFS|ENV|LD_.*|DYLD_.*|QM_.*|TF_.*)$/.test(name), 'is set by us');

/** What is applied: the module and what goes into it. Kept as it is; secrets are references. */
export const configuration = z.object({
  /** A folder of the catalog's templates, taken as it is. */
  module: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,60}$/)
    .nullable()
    .default(null),
  /** Files beside those of the module. */
  files: z.record(workingFile, fileText).default({}),
  variables: z.record(variableName, z.json()).default({}),
  secretVariables: z.record(variableName, secretReference).default({}),
  /** What providers read: credentials, mostly. */
  environment: z.record(environmentName, z.string().max(8_192)).default({}),
  secrets: z.record(environmentName, secretReference).default({}),
  seconds: z.int().min(1).max(3_600).default(900),
  /** For the variable `quartermaster_labels` of a module that declares it; what was applied before there were any has none. */
  labels: z.record(z.string(), z.string()).default({}),
});

export type Configuration = z.output<typeof configuration>;

export const workspaceInput = configuration
  .omit({ labels: true })
  .extend({
    /** Several of one resource are told apart by it. */
    workspace: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,40}$/)
      .default('main'),
    /** Whether an apply may take away or replace what is there. */
    removals: z.enum(['refuse', 'allow']).default('refuse'),
  })
  .strict()
  .refine(({ module, files }) => module !== null || Object.keys(files).length > 0, 'give a `module`, or `files`');

export const workspaceState = z.object({
  workspace: z.string(),
  key: z.string(),
  configuration,
  /** What an earlier step of the same resource had applied; null: there was nothing. */
  formerly: configuration.nullable(),
});

export type WorkspaceState = z.output<typeof workspaceState>;
