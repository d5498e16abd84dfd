import { accessSync, constants } from 'node:fs';

const PRLIMIT = '/usr/bin/prlimit';
const SETPRIV = '/usr/bin/setpriv';
/** Sets what it can and becomes the program: nothing of the call is ever read as shell text. */
const ULIMIT = 'ulimit -c 0; ulimit -d "$1" 2>/dev/null; shift; exec "$@"';

export interface Launcher {
  /** By what the memory of each process is limited. */
  readonly memory: 'prlimit' | 'ulimit';
  /** Whether the program is killed when the bot dies without a word. */
  readonly diesWithUs: boolean;
}

/** What this machine has to keep programs in bounds. */
export function findLauncher(): Launcher {
  return {
    memory: isThere(PRLIMIT) ? 'prlimit' : 'ulimit',
    diesWithUs: process.platform === 'linux' && isThere(SETPRIV),
  };
}

/** The command line that limits the program and then becomes it. */
export function launched(
  { memory, diesWithUs }: Launcher,
  memoryMegabytes: number,
  command: readonly string[],
): [file: string, args: string[]] {
  const limited =
    memory === 'prlimit'
      ? [PRLIMIT, `--data=${memoryMegabytes * 1_048_576}`, '--core=0', '--', ...command]
      : ['/bin/sh', '-c', ULIMIT, 'launcher', String(memoryMegabytes * 1024), ...command];
  const [file = '', ...args] = diesWithUs ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...limited] : limited;
  return [file, args];
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
