import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

const run = promisify(execFile);
const NOBODY = 65_534;

export interface InstalledPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Folders of installed servers, newest first: Debian's, and Homebrew's. */
function binaries(): string | null {
  const folders = ['/usr/lib/postgresql', '/opt/homebrew/opt'].flatMap((parent) => {
    try {
      return readdirSync(parent).map((name) => join(parent, name, 'bin'));
    } catch {
      return [];
    }
  });
  const servers = folders.filter((folder) => {
    try {
      const files = readdirSync(folder);
      return files.includes('pg_ctl') && files.includes('initdb') && files.includes('pg_dump');
    } catch {
      return false;
    }
  });
  return servers.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0] ?? null;
}

/** A server that came with the machine, so that its pg_dump fits; null, said aloud, when there is none. */
export async function startInstalledPostgres(): Promise<(InstalledPostgres & { programs: string }) | null> {
  const folder = binaries();
  if (folder === null) {
    process.stderr.write(
      'No PostgreSQL server is installed on this machine: its backups are not tested against pg_dump.\n',
    );
    return null;
  }
  const home = await mkdtemp(join(tmpdir(), 'quartermaster-installed-'));
  const isRoot = process.getuid?.() === 0;
  const as = { cwd: home, ...(isRoot && { uid: NOBODY, gid: NOBODY }) };
  await chmod(home, 0o755);
  if (isRoot) await chown(home, NOBODY, NOBODY);
  const [data, passwords, port] = [join(home, 'data'), join(home, 'password'), await freePort()];
  await writeFile(passwords, 'installed\n');
  await run(
    join(folder, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'md5', `--pwfile=${passwords}`, '-N', '-E', 'UTF8', '--locale=C'],
    as,
  );
  const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  const pgCtl = join(folder, 'pg_ctl');
  await run(pgCtl, ['start', '-D', data, '-w', '-l', join(home, 'log'), '-o', settings], as);
  return {
    url: `postgres://postgres:installed@127.0.0.1:${port}`,
    programs: folder,
    stop: async () => {
      await run(pgCtl, ['stop', '-D', data, '-m', 'immediate', '-w'], as);
      await rm(home, { recursive: true, force: true });
    },
  };
}
