import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../shared/index.js';
import { editorSchemas } from './editor-schemas.js';
import { installedActions } from './offline-actions.js';

/** `npm run catalog:schema [-- <catalog folder>]`: writes the JSON Schemas for editors into its schema folder. */
async function main(): Promise<void> {
  const [catalogDir = 'catalog'] = process.argv.slice(2);
  const folder = resolve(catalogDir, 'schema');
  await mkdir(folder, { recursive: true });
  const schemas = editorSchemas(await installedActions());
  for (const [file, text] of schemas) await writeFile(join(folder, file), text);
  process.stdout.write(`${schemas.size} schemas are in ${folder}.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The schemas could not be written: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
