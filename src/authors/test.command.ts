import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { messageOf } from '../shared/index.js';
import { lintAll } from './lint-all.js';
import { installedActions, offlineActions } from './offline-actions.js';
import { type ExampleOutcome, type ExamplesReport, runItemExamples } from './run-examples.js';

/** `npm run catalog:test [-- [item] --catalog <folder> --runbooks <folder>]`; exit 1 when an example fails or a file is wrong. */
async function main(): Promise<void> {
  Logger.overrideLogger(false);
  const { values, positionals } = parseArgs({
    options: {
      catalog: { type: 'string', default: 'catalog' },
      runbooks: { type: 'string', default: 'runbooks' },
    },
    allowPositionals: true,
  });
  const folders = { catalogDir: resolve(values.catalog), runbooksDir: resolve(values.runbooks) };
  const installed = await installedActions();
  const lint = await lintAll(folders, offlineActions(installed));
  const report = await runItemExamples(folders, positionals[0], installed);
  const lines = [...(lint.ok ? [] : lint.lines), ...linesOf(report, positionals[0])];
  process.stdout.write(`${lines.join('\n')}\n`);
  const failed = report.outcomes.some(({ differences }) => differences.length > 0);
  process.exitCode = failed || !lint.ok || report.items.length === 0 ? 1 : 0;
}

function linesOf({ items, outcomes }: ExamplesReport, only: string | undefined): string[] {
  if (only !== undefined && items.length === 0) return [`There is no catalog item “${only}” without problems.`];
  const failed = outcomes.filter(({ differences }) => differences.length > 0).length;
  return [
    ...items.flatMap((item) => {
      const own = outcomes.filter((outcome) => outcome.item === item);
      return [item, ...(own.length === 0 ? ['  -    no examples'] : own.flatMap(linesOfExample))];
    }),
    `${items.length === 1 ? '1 item' : `${items.length} items`}; examples: ${outcomes.length - failed} passed, ${failed} failed.`,
  ];
}

function linesOfExample({ title, file, line, differences }: ExampleOutcome): string[] {
  if (differences.length === 0) return [`  ok   ${title}`];
  return [`  FAIL ${title}`, ...differences.map((difference) => `       ${file}:${line}: ${difference}`)];
}

main().catch((error: unknown) => {
  process.stderr.write(`The examples could not be run: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
