// Real programs for tests, built from Go modules of ours with the machine's Go and kept in a folder of the user: see README.md here.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const HERE = import.meta.dirname;
const PROGRAMS = {
  kubernetes: { package: '.', variable: 'QM_REAL_KUBERNETES' },
  opentofu: { package: 'github.com/opentofu/opentofu/cmd/tofu', variable: 'QM_REAL_TOFU' },
  helm: { package: 'helm.sh/helm/v3/cmd/helm', variable: 'QM_REAL_HELM' },
};

/**
 * Where the program is, or why there is none. A path in its variable (QM_REAL_TOFU, …) comes before what was built.
 * @param {keyof typeof PROGRAMS} name
 * @returns {{ path: string } | { missing: string }}
 */
export function findProgram(name) {
  const { variable } = PROGRAMS[name];
  const given = process.env[variable];
  if (given) return isProgram(given) ? { path: given } : { missing: `${variable} names no program: ${given}` };
  const go = goVersion();
  if (go === null) return { missing: 'there is no Go on this machine to build it with' };
  const path = pathOf(name, go);
  return isProgram(path) ? { path } : { missing: 'it was not built yet: `npm run test:real` builds it' };
}

/** Builds what is not there. Never throws: tests say aloud what is missing. */
export async function buildProgram(name) {
  const found = findProgram(name);
  if ('path' in found) return found;
  const go = goVersion();
  if (process.env[PROGRAMS[name].variable] || go === null) return found;
  const path = pathOf(name, go);
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', unfinished, PROGRAMS[name].package];
    await promisify(execFile)('go', args, { cwd: join(HERE, name), maxBuffer: 16_000_000 });
    renameSync(unfinished, path);
    return { path };
  } catch (error) {
    rmSync(unfinished, { force: true });
    return {
      missing: `it could not be built: ${String(error.stderr || error.message)
        .trim()
        .slice(-600)}`,
    };
  }
}

export function programNames() {
  return Object.keys(PROGRAMS);
}

function cacheFolder() {
  return (
    process.env.QM_REAL_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quartermaster', 'real')
  );
}

/** Another source, another program. */
function pathOf(name, go) {
  const folder = join(HERE, name);
  const hash = createHash('sha256').update(go);
  for (const file of readdirSync(folder)
    .filter((one) => /\.go$|^go\.(mod|sum)$/.test(one))
    .sort())
    hash.update(file).update(readFileSync(join(folder, file)));
  return join(cacheFolder(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}

let version;
function goVersion() {
  try {
    version ??= execFileSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    version = null;
  }
  return version;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
