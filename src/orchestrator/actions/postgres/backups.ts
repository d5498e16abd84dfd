import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  cleanEnvironment,
  findProgram,
  inWorkingFolder,
  ProgramNotStarted,
  ProgramStopped,
  Programs,
} from '../../../platform/programs/index.js';
import { ActionFailed } from '../../action.js';
import type { PostgresTarget } from './target.js';

export interface BackupOptions {
  /** Where files of backups are; all replicas have to see the same one. Without it there are no backups. */
  readonly folder?: string;
  /** Whole paths of pg_dump and pg_restore; else as the machine has them, and null where it has none. */
  readonly programs?: { readonly dump: string | null; readonly restore: string | null };
}

type Program = 'pg_dump' | 'pg_restore';

const MEMORY_MEGABYTES = 2_048;
const OUTPUT_BYTES = 262_144;
const LONGEST_SECONDS = 3_600;
const NEWEST_OUTPUT_WORDS = 200;

export const backupName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}-[0-9a-f]{16}$/, 'the name of a backup, as postgres:backup gives it');

/** Files of pg_dump, whole or not there, and the two programs that write and read them. */
export class Backups {
  constructor(
    private readonly options: BackupOptions,
    private readonly programs: Programs = new Programs(),
  ) {}

  nameFor(database: string, key: string): string {
    return `${database}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  }

  async find(name: string): Promise<{ bytes: number; at: Date } | null> {
    try {
      const { size, mtime } = await stat(this.fileOf(name));
      return { bytes: size, at: mtime };
    } catch {
      return null;
    }
  }

  /** Why it can't work here against a server of that version, or null. */
  async obstacle(program: Program, serverMajor: number): Promise<string | null> {
    if (this.options.folder === undefined)
      return 'This installation keeps no backups. The platform team can set POSTGRES_BACKUP_DIR.';
    const file = this.fileOfProgram(program);
    if (file === null)
      return `This machine has no ${program}. The platform team can install PostgreSQL’s client programs.`;
    const said = await this.run(program, ['--version'], {}, AbortSignal.timeout(10_000));
    const major = Number(/\) (\d+)/.exec(said)?.[1] ?? Number.NaN);
    if (major >= serverMajor) return null;
    return `${program} of this machine is of version ${major}, the server is of version ${serverMajor}. The platform team can install ${program} ${serverMajor}.`;
  }

  /** Writes the file of that name, unless it is there. Nothing of the kind is there when it fails. */
  async write(name: string, database: string, target: PostgresTarget, signal: AbortSignal): Promise<void> {
    if ((await this.find(name)) !== null) return;
    const file = this.fileOf(name);
    const unfinished = `${file}.unfinished`;
    await mkdir(this.folder(), { recursive: true, mode: 0o700 });
    await rm(unfinished, { force: true });
    try {
      await (await open(unfinished, 'wx', 0o600)).close();
      const args = ['--format=custom', '--no-password', '--lock-wait-timeout=30000', `--file=${unfinished}`];
      await this.run('pg_dump', args, target.programEnvironment(database), signal);
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** Fills an empty database, as a whole or not at all. What is in it belongs to `owner`. */
  async read(
    name: string,
    into: { database: string; owner: string },
    target: PostgresTarget,
    signal: AbortSignal,
  ): Promise<void> {
    const args = ['--exit-on-error', '--single-transaction', '--no-owner', '--no-acl', '--no-password'];
    const as = [`--role=${into.owner}`, `--dbname=${into.database}`, '--', this.fileOf(name)];
    await this.run('pg_restore', [...args, ...as], target.programEnvironment(into.database), signal);
  }

  /** What was written is what is read: so that a file that changed is not restored. */
  async checksum(name: string): Promise<string> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(this.fileOf(name)) as AsyncIterable<Buffer>) hash.update(chunk);
    } catch (cause) {
      throw new ActionFailed(`There is no backup ${name}.`, false, { cause });
    }
    return hash.digest('hex');
  }

  async remove(name: string): Promise<void> {
    for (const end of ['', '.unfinished']) await rm(`${this.fileOf(name)}${end}`, { force: true });
  }

  private folder(): string {
    if (this.options.folder === undefined) throw new ActionFailed('This installation keeps no backups.', false);
    return this.options.folder;
  }

  private fileOf(name: string): string {
    return join(this.folder(), `${backupName.parse(name)}.dump`);
  }

  private fileOfProgram(program: Program): string | null {
    const { programs } = this.options;
    if (programs !== undefined) return program === 'pg_dump' ? programs.dump : programs.restore;
    return findProgram(program);
  }

  private async run(
    program: Program,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string> {
    const file = this.fileOfProgram(program);
    if (file === null) throw new ActionFailed(`This machine has no ${program}.`, false);
    try {
      const { exitCode, stdout, stderr } = await inWorkingFolder((folder) =>
        this.programs.run({
          file,
          args,
          folder,
          environment: { ...cleanEnvironment(folder), ...environment },
          signal,
          seconds: LONGEST_SECONDS,
          memoryMegabytes: MEMORY_MEGABYTES,
          outputBytes: OUTPUT_BYTES,
        }),
      );
      if (exitCode !== 0) throw new ActionFailed(`${program} did not work${reasonIn(stderr)}`, false);
      return stdout;
    } catch (error) {
      if (error instanceof ProgramStopped)
        throw new ActionFailed(`${program} was stopped: ${error.publicMessage}`, true, { cause: error });
      if (error instanceof ProgramNotStarted)
        throw new ActionFailed(`${program} could not be started.`, false, { cause: error });
      throw error;
    }
  }
}

/** Its last line; it names tables, never what is in them. */
function reasonIn(stderr: string): string {
  const said =
    stderr
      .split('\n')
      .find((line) => line.includes('error:'))
      ?.replace(/^.*?error:\s*/, '')
      .trim() ?? '';
  return said === '' ? '.' : `: ${said.slice(0, NEWEST_OUTPUT_WORDS)}`;
}
