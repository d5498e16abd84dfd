import { resolve } from 'node:path';
import { lintCatalog } from '../catalog/index.js';
import { formatProblem } from '../platform/documents/index.js';
import { type PolicyReport, testPolicies } from '../policy/index.js';
import { messageOf } from '../shared/index.js';
import { installedActions, offlineActions } from './offline-actions.js';

const MARKS = { passed: 'ok  ', failed: 'FAIL', 'not-run': '-   ' } as const;

/** `npm run policy:test [-- <catalog folder>]`: runs the examples of all rules; exit 1 when one fails or a file is wrong. */
async function main(): Promise<void> {
  const [catalogDir = 'catalog', runbooksDir = 'runbooks'] = process.argv.slice(2);
  const folders = { catalogDir: resolve(catalogDir), runbooksDir: resolve(runbooksDir) };
  const { loaded } = await lintCatalog(folders, offlineActions(await installedActions()));
  const report = await testPolicies(folders.catalogDir, loaded);
  process.stdout.write(`${linesOf(report).join('\n')}\n`);
  const failed = report.examples.some(({ outcome }) => outcome === 'failed');
  process.exitCode = failed || report.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function linesOf({ rules, problems, examples }: PolicyReport): string[] {
  const counts = (outcome: string): number => examples.filter((example) => example.outcome === outcome).length;
  return [
    ...problems.map(formatProblem),
    ...rules.flatMap((rule) => [
      rule,
      ...examples
        .filter((example) => example.rule === rule)
        .flatMap(({ outcome, title, file, line, why }) => [
          `  ${MARKS[outcome]} ${title}`,
          ...(outcome === 'passed' ? [] : [`       ${file}:${line}: ${why}`]),
        ]),
    ]),
    `${rules.length} rules, ${problems.length} problems; ${counts('passed')} examples passed, ${counts('failed')} failed, ${counts('not-run')} not run.`,
  ];
}

main().catch((error: unknown) => {
  process.stderr.write(`The policies could not be tested: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
