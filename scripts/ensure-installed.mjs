// `npm start` and `npm test` on a fresh clone: install exactly what the lock file says, once, and again when it changes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
  console.error(`Quartermaster needs Node 20.20 or newer; this is ${process.version}.`);
  process.exit(1);
}
const root = new URL('..', import.meta.url);
const lock = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .digest('hex');
const mark = new URL('node_modules/.quartermaster-lock', root);
const installed = existsSync(mark) ? readFileSync(mark, 'utf8') : '';
// `npm ci` empties the folder before it fills it: where it is only linked, it is somebody else's.
const isLinked =
  lstatSync(fileURLToPath(new URL('node_modules', root)), { throwIfNoEntry: false })?.isSymbolicLink() === true;
if (installed !== lock && isLinked) {
  console.error('node_modules is a link, so nothing is installed here. Install where it leads to: npm ci there.');
} else if (installed !== lock) {
  console.log('Installing packages (once, about a minute) …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  writeFileSync(mark, lock);
}
