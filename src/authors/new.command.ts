import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { messageOf } from '../shared/index.js';
import { draftItem, type ItemWish } from './draft-item.js';

const QUESTIONS: readonly (readonly [keyof ItemWish, string])[] = [
  ['name', 'Name (lower-case letters, digits and hyphens)'],
  ['title', 'Title, as people read it'],
  ['summary', 'What it is good for, in a sentence'],
  ['owner', 'Owning team'],
  ['action', 'First action (empty for demo:progress)'],
];

/**
 * `npm run catalog:new -- --name cache [--title … --summary … --owner … --action … --catalog …]`: asks for what is left out
 * where somebody can answer, and writes a good item to start from.
 */
async function main(): Promise<void> {
  Logger.overrideLogger(false);
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { name: text, title: text, summary: text, owner: text, action: text, catalog: text },
  });
  const { catalog = 'catalog', ...given } = values;
  const catalogDir = resolve(catalog);
  const wish = process.stdin.isTTY && process.stdout.isTTY ? await asked(given) : given;
  const { name, yaml } = await draftItem(catalogDir, wish);
  const file = join(catalogDir, 'items', `${name}.yaml`);
  await writeNew(file, yaml);
  process.stdout.write(`${file} is written: a draft, which nobody can request yet.\n`);
  process.stdout.write(`Change it, then: npm run catalog:lint && npm run catalog:test -- ${name}\n`);
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw exists ? new Error(`${file} exists already. Choose another name, or change that file.`) : error;
  }
}

async function asked(given: ItemWish): Promise<ItemWish> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const wish: Partial<Record<keyof ItemWish, string>> = { ...given };
    for (const [key, question] of QUESTIONS) {
      if (wish[key] !== undefined) continue;
      const answer = (await terminal.question(`${question}: `)).trim();
      if (answer !== '') wish[key] = answer;
    }
    return wish;
  } finally {
    terminal.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`Nothing was written: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
