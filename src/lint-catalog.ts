import { resolve } from 'node:path';
import { lintAll } from './catalog-lint.js';
import { messageOf } from './shared/index.js';
import { UncheckedActions } from './unchecked-actions.js';

/** `npm run catalog:lint [-- <catalog folder> <runbooks folder>]`; exit 1 when something is wrong. */
async function main(): Promise<void> {
  const [catalogDir = 'catalog', runbooksDir = 'runbooks'] = process.argv.slice(2);
  const folders = { catalogDir: resolve(catalogDir), runbooksDir: resolve(runbooksDir) };
  const { ok, lines } = await lintAll(folders, new UncheckedActions());
  process.stdout.write(`${lines.join('\n')}\nActions and their inputs are checked when the bot starts.\n`);
  process.exitCode = ok ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`The catalog could not be checked: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
