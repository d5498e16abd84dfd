import { z } from 'zod';
import type { ProgramResult } from '../../../platform/programs/index.js';
import type { JsonObject } from '../../../shared/index.js';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { command, fileText, proof, surroundings, workingFile } from './command.js';
import { type CommandRunner } from './command-runner.js';

const KEPT_OUTPUT = 4_000;

const input = surroundings
  .extend(command.shape)
  .extend(proof.shape)
  .extend({
    stdin: fileText.optional(),
    files: z.record(workingFile, fileText).default({}),
    exitCodes: z.array(z.int().min(0).max(255)).min(1).default([0]),
    retryExitCodes: z.array(z.int().min(1).max(255)).default([]),
    /** What the program writes on its output: free text, or one JSON object that later steps may use. */
    output: z.enum(['text', 'json']).default('text'),
    /** That running it twice does no harm, where nothing proves that it ran. */
    repeatable: z.boolean().default(false),
    undo: command.optional(),
  })
  .strict()
  .refine(({ creates, check, repeatable }) => creates !== undefined || check !== undefined || repeatable, {
    message: 'say how a repeat is harmless: `creates`, `check`, or `repeatable: true` where it just is',
  });

/** Also what `undo` needs later; secrets stay references. */
const state = surroundings.extend({
  creates: z.string().nullable(),
  check: command.nullable(),
  undo: command.nullable(),
  /** It was there before us: it is not ours to undo. */
  foundBefore: z.boolean(),
});

/** A program of the list, without a shell. */
export function execRunAction(runner: CommandRunner): AnyAction {
  return defineAction({
    id: 'exec:run',
    title: 'Run a program',
    input,
    output: z.object({
      /** False: it was there already. */
      ran: z.boolean(),
      exitCode: z.int(),
      /** Its end, where it is long. */
      stdout: z.string(),
      result: z.record(z.string(), z.json()),
    }),
    state,
    examples: [
      {
        title: 'A program that is not on the list',
        input: { program: 'example-render', args: ['--format', 'json'], operands: ['orders'], repeatable: true },
        plan: 'cannot',
      },
    ],

    async plan(wanted, context) {
      runner.assertListed(wanted.program);
      if ((await runner.isThere(wanted, wanted, context)) === true)
        return { kind: 'none', summary: `What ${wanted.program} makes is there already` };
      return {
        kind: wanted.creates === undefined && wanted.check === undefined ? 'change' : 'create',
        summary: `Runs ${wanted.program}`,
        details: [shown([wanted.program, ...wanted.args, ...wanted.operands])],
      };
    },

    async intend(wanted, context) {
      const foundBefore = (await runner.isThere(wanted, wanted, context)) === true;
      const { creates = null, check = null, undo = null } = wanted;
      return { ...surroundings.parse(wanted), creates, check, undo, foundBefore };
    },

    async apply(wanted, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('What was there before is not known.', false);
      if ((await runner.isThere(wanted, wanted, context)) === true) {
        context.report(`What ${wanted.program} makes is there already`);
        return { state: kept, output: { ran: false, exitCode: 0, stdout: '', result: {} } };
      }
      const result = await runner.run(wanted, wanted, context);
      if (!wanted.exitCodes.includes(result.exitCode))
        throw ended(wanted.program, result, wanted.retryExitCodes.includes(result.exitCode));
      if ((await runner.isThere(wanted, wanted, context)) === false)
        throw new ActionFailed(`${wanted.program} ended well, but what it should make is not there.`, false);
      const output = { ran: true, exitCode: result.exitCode, stdout: result.stdout.slice(-KEPT_OUTPUT) };
      return {
        state: kept,
        output: { ...output, result: wanted.output === 'json' ? objectIn(wanted.program, result.stdout) : {} },
      };
    },

    async read(kept, context) {
      const found = await runner.isThere(kept, proofOf(kept), context);
      if (found === null) return { exists: true, detail: `nothing says how to look for what ${kept.program} did` };
      return { exists: found, detail: `what ${kept.program} makes is ${found ? '' : 'not '}there` };
    },

    async destroy(kept, context) {
      if (kept.undo === null || kept.foundBefore) return;
      const proven = proofOf(kept);
      if ((await runner.isThere(kept, proven, context)) === false) return;
      const result = await runner.run(kept, kept.undo, context);
      if (result.exitCode !== 0) throw ended(`Undoing with ${kept.program}`, result, false);
    },
  });
}

function proofOf({ creates, check }: Pick<z.output<typeof state>, 'creates' | 'check'>): z.output<typeof proof> {
  return { ...(creates !== null && { creates }), ...(check !== null && { check }) };
}

function ended(program: string, { exitCode, stderr, stdout }: ProgramResult, retryable: boolean): ActionFailed {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1)?.trim().slice(0, 300) ?? 'it said nothing';
  return new ActionFailed(`${program} ended with exit code ${exitCode}: ${last}`, retryable);
}

function objectIn(program: string, text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below: what it wrote may hold anything.
  }
  throw new ActionFailed(`${program} ended well, but did not write one JSON object as its output.`, false);
}

/** For people to read; nothing ever reads it as a command. */
function shown(words: readonly string[]): string {
  const line = words.map((word) => (/^[\w./:=@,+-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
