// Makes package-lock.json anew, from nothing. An `npm install` beside an existing node_modules records only this machine's
// platform binaries, with which `npm ci` then fails elsewhere; run this after every change of package.json.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'relock-'));
try {
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  execFileSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  execFileSync('npm', ['ci', '--dry-run', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'ignore',
  });
  copyFileSync(join(folder, 'package-lock.json'), join(root, 'package-lock.json'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
