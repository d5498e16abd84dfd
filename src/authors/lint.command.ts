import { resolve } from 'node:path';
import { messageOf } from '../shared/index.js';
import { lintAll } from './lint-all.js';
import { installedActions, offlineActions } from './offline-actions.js';

/** `npm run catalog:lint [-- <catalog folder> <runbooks folder>]`; exit 1 when something is wrong. */
async function main(): Promise<void> {
  const [catalogDir = 'catalog', runbooksDir = 'runbooks'] = process.argv.slice(2);
  const folders = { catalogDir: resolve(catalogDir), runbooksDir: resolve(runbooksDir) };
  const { ok, lines } = await lintAll(folders, offlineActions(await installedActions()));
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = ok ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`The catalog could not be checked: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
