import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const decompress = promisify(brotliDecompress);
const run = promisify(execFile);

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NO_BROWSER =
  'No browser for the end-to-end tests. Install Debian\'s ("apt-get install chromium"), or set QM_TEST_CHROMIUM to a Chromium or Chrome binary; ' +
  'on x86-64 Linux "npm ci" brings one along.';

interface Binary {
  path: string;
  /** Added to the browser's environment, so that it finds the libraries and fonts that came with it. */
  env: Record<string, string>;
}

/**
 * A headless Chromium with an empty profile, from the first of: `QM_TEST_CHROMIUM`, Debian's `/usr/bin/chromium`, the
 * one that the npm package `@sparticuz/chromium` carries (unpacked once, no system library needed).
 * Throws a sentence saying what to install if none can be had. The caller closes it.
 */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await findBinary();
  return chromium.launch({ executablePath: path, args: FLAGS, env: { ...inherited(), ...env } });
}

async function findBinary(): Promise<Binary> {
  const named = process.env.QM_TEST_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (await exists(named)) return { path: named, env: {} };
    throw new Error(`QM_TEST_CHROMIUM names ${named}, which is not there.`);
  }
  if (await exists('/usr/bin/chromium')) return { path: '/usr/bin/chromium', env: {} };
  if (process.platform === 'linux' && process.arch === 'x64') return packagedBinary();
  throw new Error(NO_BROWSER);
}

async function packagedBinary(): Promise<Binary> {
  const source = await packageFolder();
  const home = await unpackedFolder(source);
  const libraries = [join(home, 'lib'), process.env.LD_LIBRARY_PATH].filter(
    (path) => path !== undefined && path !== '',
  );
  return {
    path: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_PATH: home },
  };
}

async function packageFolder(): Promise<string> {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', '..');
  } catch (cause) {
    throw new Error(NO_BROWSER, { cause });
  }
}

/** Unpacks beside the project's packages, or in the temporary folder where those are read-only; two at once are harmless. */
async function unpackedFolder(source: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const candidates = [join(source, '..', '..', '.cache'), tmpdir()];
  let failure: unknown;
  for (const base of candidates) {
    const home = join(base, `qm-chromium-${version}`);
    if (await exists(join(home, 'chromium'))) return home;
    try {
      await mkdir(base, { recursive: true });
      await unpackInto(home, base, join(source, 'bin'));
      return home;
    } catch (error) {
      failure = error;
    }
  }
  throw new Error(NO_BROWSER, { cause: failure });
}

async function unpackInto(home: string, base: string, packed: string): Promise<void> {
  const draft = await mkdtemp(join(base, 'qm-chromium-draft-'));
  try {
    await writeFile(join(draft, 'chromium'), await decompress(await readFile(join(packed, 'chromium.br'))));
    await chmod(join(draft, 'chromium'), 0o755);
    for (const archive of ['al2023', 'fonts', 'swiftshader']) {
      const tar = join(draft, `${archive}.tar`);
      await writeFile(tar, await decompress(await readFile(join(packed, `${archive}.tar.br`))));
      await run('tar', ['-xf', tar, '-C', draft]);
      await rm(tar);
    }
    await writeFile(join(draft, 'fonts.conf'), fontConfiguration(home));
    await rename(draft, home);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(join(home, 'chromium')))) throw error;
  }
}

/** The packaged one looks only in places of a cloud function. */
function fontConfiguration(home: string): string {
  const folders = [join(home, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'];
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    ...folders.map((folder) => `  <dir>${folder}</dir>`),
    `  <cachedir>${join(home, 'fonts-cache')}</cachedir>`,
    '</fontconfig>',
    '',
  ].join('\n');
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
