import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import {
  cleanEnvironment,
  inWorkingFolder,
  ProgramNotStarted,
  type ProgramResult,
  ProgramStopped,
  type Programs,
} from '../../../platform/programs/index.js';
import { ActionFailed, type LookContext } from '../../action.js';
import type { ProgramList } from '../exec/program-list.js';
import type { Templates } from '../git/template.js';
import { masking, secretValues } from '../secret-reference.js';
import { type PlannedChanges, plannedChanges } from './planned-changes.js';
import type { Configuration } from './workspace-schemas.js';

/** It writes down what it made when it is asked to end. */
const GRACE_SECONDS = 60;
const MEMORY_MEGABYTES = 4_096;
const OUTPUT_BYTES = 8_388_608;
const STATE_FILE = 'terraform.tfstate';
/** As the list of this action has it: one entry, of the operator. */
export const PROGRAM = 'tofu';
const PLAN_FILE = 'quartermaster.tfplan';
const VARIABLES_FILE = 'quartermaster.auto.tfvars.json';
const LABELS_VARIABLE = 'quartermaster_labels';
/** Replaces whatever backend a module has: we look after the state. */
const BACKEND_FILE = 'quartermaster_override.tf.json';
const OURS = new Set([STATE_FILE, PLAN_FILE, VARIABLES_FILE, BACKEND_FILE]);

const message = z.object({
  '@level': z.string().default('info'),
  '@message': z.string().default(''),
  type: z.string().default(''),
  diagnostic: z.object({ severity: z.string(), summary: z.string(), detail: z.string().default('') }).optional(),
});
const outputs = z.record(z.string(), z.object({ sensitive: z.boolean().default(false), value: z.json() }));

export interface TofuTools {
  readonly programs: Programs;
  readonly list: ProgramList;
  readonly templates: Templates;
  /** Where downloaded providers are kept. */
  readonly pluginCacheDir: string | null;
}

interface Running {
  readonly context: LookContext & { readonly report?: (line: string) => void };
  readonly seconds: number;
}

/** One folder with a module, its variables and its state, and the program to work on it. */
export class Tofu {
  private constructor(
    readonly folder: string,
    private readonly file: string,
    private readonly environment: Record<string, string>,
    private readonly mask: (text: string) => string,
    private readonly tools: TofuTools,
    private readonly running: Running,
  ) {}

  /** @throws ActionFailed */
  static async within<T>(
    tools: TofuTools,
    wanted: Configuration,
    running: Running & { readonly state: string | null },
    work: (tofu: Tofu) => Promise<T>,
  ): Promise<T> {
    const file = tools.list.path(PROGRAM);
    const { secrets } = running.context;
    const [variables, values] = [
      await secretValues(secrets, wanted.secretVariables),
      await secretValues(secrets, wanted.secrets),
    ];
    return inWorkingFolder(async (folder) => {
      await writeModule(tools, folder, wanted);
      if (running.state !== null) await writeFile(join(folder, STATE_FILE), running.state, { mode: 0o600 });
      if (tools.pluginCacheDir !== null) await mkdir(tools.pluginCacheDir, { recursive: true });
      const environment = {
        ...wanted.environment,
        ...values,
        // Unlike a file's, a variable of the environment that the module does not declare is no mistake.
        [`TF_VAR_${LABELS_VARIABLE}`]: JSON.stringify(wanted.labels),
        ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
        ...(tools.pluginCacheDir !== null && { TF_PLUGIN_CACHE_DIR: tools.pluginCacheDir }),
        TF_IN_AUTOMATION: '1',
        TF_INPUT: '0',
        CHECKPOINT_DISABLE: '1',
        ...cleanEnvironment(folder),
      };
      const mask = masking([...Object.values(variables), ...Object.values(values)]);
      return work(new Tofu(folder, file, environment, mask, tools, running));
    });
  }

  async init(): Promise<void> {
    const result = await this.run(['init', '-input=false', '-no-color']);
    if (result.exitCode !== 0) throw new ActionFailed(`The module could not be prepared: ${lastError(result)}`, false);
  }

  /** Writes the plan down, to be applied as it is. */
  async plan(options: { readonly destroy?: boolean } = {}): Promise<PlannedChanges> {
    const args = ['plan', '-input=false', '-no-color', '-lock=false', `-out=${PLAN_FILE}`];
    const result = await this.run([...args, '-json', ...(options.destroy === true ? ['-destroy'] : [])]);
    if (result.exitCode !== 0) throw new ActionFailed(`There is no plan: ${lastError(result)}`, false);
    const shown = await this.run(['show', '-json', '-no-color', PLAN_FILE]);
    try {
      const planned = plannedChanges(JSON.parse(shown.stdout));
      return { ...planned, lines: planned.lines.map(this.mask) };
    } catch (cause) {
      throw new ActionFailed('What would change could not be read out of the plan.', false, { cause });
    }
  }

  /** What was planned last, and nothing else. */
  async apply(): Promise<void> {
    const result = await this.run(['apply', '-input=false', '-no-color', '-lock=false', '-json', PLAN_FILE], true);
    if (result.exitCode !== 0)
      throw new ActionFailed(`It was not applied as a whole: ${lastError(result)} What was made is remembered.`, true);
  }

  async outputs(): Promise<{ open: Record<string, z.core.util.JSONType>; sensitive: Record<string, string> }> {
    const result = await this.run(['output', '-json', '-no-color']);
    const all = outputs.parse(JSON.parse(result.stdout));
    const entries = Object.entries(all);
    const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
    return {
      open: Object.fromEntries(entries.filter(([, one]) => !one.sensitive).map(([name, { value }]) => [name, value])),
      sensitive: Object.fromEntries(
        entries.filter(([, one]) => one.sensitive).map(([name, { value }]) => [name, text(value)]),
      ),
    };
  }

  /** As the program has written it by now; null: nothing yet. */
  async state(): Promise<string | null> {
    const text = await readFile(join(this.folder, STATE_FILE), 'utf8').catch(() => '');
    // While it is being written there may be half of it.
    return isJson(text) ? text : null;
  }

  private async run(args: readonly string[], isTold = false): Promise<ProgramResult> {
    const { context, seconds } = this.running;
    try {
      const result = await this.tools.programs.run({
        file: this.file,
        args,
        folder: this.folder,
        environment: this.environment,
        signal: context.signal,
        seconds,
        graceSeconds: GRACE_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        outputBytes: OUTPUT_BYTES,
        onLine: (line) => {
          const told = isTold ? (messageIn(line)?.['@message'] ?? line) : '';
          if (told !== '') context.report?.(this.mask(told));
        },
      });
      return {
        ...result,
        stderr: this.mask(result.stderr),
        stdout: args[0] === 'output' ? result.stdout : this.mask(result.stdout),
      };
    } catch (error) {
      if (error instanceof ProgramStopped)
        throw new ActionFailed(`${error.publicMessage} It was given time to write down what it had made.`, true, {
          cause: error,
        });
      if (error instanceof ProgramNotStarted)
        throw new ActionFailed('OpenTofu could not be started.', false, { cause: error });
      throw error;
    }
  }
}

async function writeModule({ templates }: TofuTools, folder: string, wanted: Configuration): Promise<void> {
  const ofModule = wanted.module === null ? [] : await templates.asTheyAre(wanted.module);
  const given = Object.entries(wanted.files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
  for (const { path, content } of [...ofModule, ...given]) {
    if (OURS.has(path)) throw new ActionFailed(`The module must not have a file ${path}: that is ours.`, false);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o600 });
  }
  await writeFile(join(folder, VARIABLES_FILE), JSON.stringify(wanted.variables), { mode: 0o600 });
  const backend = { terraform: { backend: { local: {} } } };
  await writeFile(join(folder, BACKEND_FILE), JSON.stringify(backend), { mode: 0o600 });
}

/** The first thing that it complains about, in its own words. */
function lastError({ stdout, stderr }: ProgramResult): string {
  const told = stdout.split('\n').map(messageIn);
  const said = told.find((one) => one?.diagnostic?.severity === 'error')?.diagnostic;
  if (said !== undefined) return sentence(`${said.summary}${said.detail === '' ? '' : `: ${said.detail}`}`);
  const plain = stderr.split('\n').map((line) => line.replace(/^[│╷╵\s]+/, ''));
  const begin = plain.findIndex((line) => line.startsWith('Error'));
  const lines = (begin === -1 ? plain : plain.slice(begin, begin + 8)).filter((line) => line !== '');
  return sentence(lines.join(' ') || 'it said nothing');
}

function sentence(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/ ?Output: ?$/, '')
    .trim()
    .slice(0, 500);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

function messageIn(line: string): z.output<typeof message> | null {
  if (!line.startsWith('{')) return null;
  try {
    return message.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
