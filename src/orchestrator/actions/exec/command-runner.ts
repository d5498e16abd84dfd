import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  cleanEnvironment,
  inWorkingFolder,
  ProgramNotStarted,
  type ProgramResult,
  ProgramStopped,
  Programs,
} from '../../../platform/programs/index.js';
import { type ActionContext, ActionFailed, type LookContext } from '../../action.js';
import { masking, secretValues } from '../secret-reference.js';
import type { Command, Proof, Surroundings } from './command.js';
import type { ProgramList } from './program-list.js';

/** A check is no work: it is quick. */
const CHECK_SECONDS = 15;
const REPORTED_LINES = 1_000;

type Context = LookContext & Partial<Pick<ActionContext, 'report' | 'idempotencyKey' | 'labels'>>;

export interface Call extends Command {
  readonly stdin?: string | undefined;
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs listed programs for a step: a clean environment with its secrets, its own folder, its output without them. */
export class CommandRunner {
  constructor(
    private readonly list: ProgramList,
    private readonly programs: Programs = new Programs(),
  ) {}

  /** @throws ActionFailed */
  assertListed(program: string): void {
    this.list.path(program);
  }

  /** Any exit code is a result; output has none of the step's secrets. @throws ActionFailed */
  async run(
    around: Surroundings,
    { args, operands, stdin, files = {} }: Call,
    context: Context,
  ): Promise<ProgramResult> {
    const file = this.list.path(around.program);
    const secrets = await secretValues(context.secrets, around.secrets);
    const mask = masking(Object.values(secrets));
    const report = limited(REPORTED_LINES, (line) => context.report?.(mask(line)));
    try {
      const result = await inWorkingFolder(async (folder) => {
        await writeAll(folder, files);
        return this.programs.run({
          file,
          args: operands.length > 0 ? [...args, '--', ...operands] : args,
          folder,
          environment: { ...around.environment, ...secrets, ...cleanEnvironment(folder), ...about(context) },
          ...(stdin !== undefined && { stdin }),
          signal: context.signal,
          seconds: around.seconds,
          memoryMegabytes: around.memoryMegabytes,
          outputBytes: around.outputKilobytes * 1024,
          onLine: report,
        });
      });
      return { ...result, stdout: mask(result.stdout), stderr: mask(result.stderr) };
    } catch (error) {
      throw explained(error, around.program);
    }
  }

  /** Null: nothing says how to find out. */
  async isThere(around: Surroundings, { creates, check }: Proof, context: LookContext): Promise<boolean | null> {
    if (creates !== undefined && !(await exists(creates))) return false;
    if (check === undefined) return creates === undefined ? null : true;
    const seconds = Math.min(around.seconds, CHECK_SECONDS);
    const quiet = { secrets: context.secrets, signal: context.signal };
    return (await this.run({ ...around, seconds }, check, quiet)).exitCode === 0;
  }
}

/** By these the program can be idempotent itself. */
function about({ idempotencyKey, labels }: Context): Record<string, string> {
  return {
    ...(idempotencyKey !== undefined && { QM_IDEMPOTENCY_KEY: idempotencyKey }),
    ...(labels !== undefined && {
      QM_RESOURCE: labels.resourceId,
      QM_TEAM: labels.team,
      QM_ENVIRONMENT: labels.environment,
      QM_REQUEST: labels.requestId,
    }),
  };
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function limited(most: number, take: (line: string) => void): (line: string) => void {
  let count = 0;
  return (line) => {
    count += 1;
    if (count <= most) take(line);
    else if (count === most + 1) take(`More than ${most} lines; the rest is left out.`);
  };
}

function explained(error: unknown, program: string): unknown {
  if (error instanceof ProgramStopped) {
    const isTime = error.why === 'time' || error.why === 'asked';
    return new ActionFailed(`${program}: ${lowered(error.publicMessage)} It was ended with all its children.`, isTime, {
      cause: error,
    });
  }
  if (error instanceof ProgramNotStarted)
    return new ActionFailed(`The program ${program} could not be started.`, false, { cause: error });
  return error;
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
