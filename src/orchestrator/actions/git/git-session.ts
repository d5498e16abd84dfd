import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cleanEnvironment,
  findProgram,
  inWorkingFolder,
  ProgramNotStarted,
  type ProgramResult,
  ProgramStopped,
  Programs,
} from '../../../platform/programs/index.js';
import { ActionFailed, type LookContext } from '../../action.js';
import { masking } from '../secret-reference.js';
import { gitFailure } from './git-failure.js';
import { type Access, accessTo, type GitLogin } from './git-login.js';
import type { Remote, Remotes } from './remotes.js';

const SECONDS = 120;
const MEMORY_MEGABYTES = 1_024;
const OUTPUT_BYTES = 33_554_432;
const SAFE_CONFIG: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.attributesFile': '/dev/null',
  'credential.helper': '',
  'commit.gpgSign': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'transfer.fsckObjects': 'true',
  'fetch.recurseSubmodules': 'false',
  'push.recurseSubmodules': 'no',
  'protocol.ext.allow': 'never',
};

/** Opens remotes in a bare repository of its own, with no work tree that files or links of the remote could get into. */
export class Git {
  constructor(
    private readonly remotes: Remotes,
    private readonly programs: Programs = new Programs(),
    private readonly paths: { git: string | null; ssh: string | null } = {
      git: findProgram('git'),
      ssh: findProgram('ssh'),
    },
  ) {}

  /** @throws ActionFailed */
  async session<T>(
    to: { readonly remote: string; readonly login: GitLogin | null },
    { secrets, signal }: LookContext,
    work: (session: GitSession) => Promise<T>,
  ): Promise<T> {
    const remote = await this.remotes.checked(to.remote);
    return inWorkingFolder(async (folder) => {
      const access = await accessTo(remote, to.login, folder, secrets, this.paths.ssh ?? '/usr/bin/ssh');
      const session = new GitSession(remote, access, folder, this.run(folder, signal));
      await session.git('prepare', ['init', '--quiet', '--bare', '--template=', '.']);
      return work(session);
    });
  }

  /** A git program in a folder, with nothing but what it is told. */
  run(folder: string, signal: AbortSignal): RunGit {
    return async (args, environment, stdin) => {
      if (this.paths.git === null)
        throw new ActionFailed('There is no git program on this machine. Tell the platform team.', false);
      try {
        return await this.programs.run({
          file: this.paths.git,
          args,
          folder,
          environment: { ...cleanEnvironment(folder), ...gitEnvironment(SAFE_CONFIG), ...environment },
          ...(stdin !== undefined && { stdin }),
          signal,
          seconds: SECONDS,
          memoryMegabytes: MEMORY_MEGABYTES,
          outputBytes: OUTPUT_BYTES,
        });
      } catch (error) {
        if (error instanceof ProgramStopped) {
          const passes = error.why === 'time' || error.why === 'asked';
          throw new ActionFailed('Git took too much time or room.', passes, { cause: error });
        }
        if (error instanceof ProgramNotStarted)
          throw new ActionFailed('Git could not be started.', false, { cause: error });
        throw error;
      }
    };
  }
}

export type RunGit = (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdin?: string | Buffer,
) => Promise<ProgramResult>;

/** One remote, and the bare repository into which it is fetched. */
export class GitSession {
  private readonly environment: Readonly<Record<string, string>>;
  private readonly mask: (text: string) => string;

  constructor(
    readonly remote: Remote,
    { config, environment, secrets }: Access,
    private readonly folder: string,
    private readonly run: RunGit,
  ) {
    const protocol = remote.kind === 'http' ? new URL(remote.url).protocol.replace(':', '') : remote.kind;
    this.environment = {
      ...environment,
      ...gitEnvironment({ ...SAFE_CONFIG, ...config }),
      GIT_ALLOW_PROTOCOL: protocol,
      GIT_DIR: folder,
      GIT_LITERAL_PATHSPECS: '1',
    };
    this.mask = masking(secrets);
  }

  /** What it says on its output. @throws ActionFailed */
  async git(doing: string, args: readonly string[], stdin?: string | Buffer): Promise<string> {
    const result = await this.try(args, stdin);
    if (result.exitCode !== 0) throw gitFailure(result, doing);
    return result.stdout;
  }

  /** Any exit code is an answer. */
  async try(args: readonly string[], stdin?: string | Buffer): Promise<ProgramResult> {
    const result = await this.run(args, this.environment, stdin);
    return { ...result, stdout: this.mask(result.stdout), stderr: this.mask(result.stderr) };
  }

  /** Commits whose parents were left out by a shallow fetch: they look like first ones and are not. */
  async shallow(): Promise<ReadonlySet<string>> {
    const text = await readFile(join(this.folder, 'shallow'), 'utf8').catch(() => '');
    return new Set(text.split('\n').filter((line) => line !== ''));
  }
}

/** Settings by environment: no list of processes shows them. */
function gitEnvironment(config: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(config);
  return {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
