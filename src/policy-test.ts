import { resolve } from 'node:path';
import { ActionCatalog } from './catalog/index.js';
import { formatProblem } from './platform/documents/index.js';
import { type PolicyReport, testPolicies } from './policy/index.js';
import { messageOf } from './shared/index.js';

/** No rule looks at actions. */
class UncheckedActions extends ActionCatalog {
  has(): boolean {
    return true;
  }
  describe(): [] {
    return [];
  }
  inputProblems(): [] {
    return [];
  }
}

const MARKS = { passed: 'ok  ', failed: 'FAIL', 'not-run': '-   ' } as const;

/** `npm run policy:test [-- <catalog folder>]`: runs the examples of all rules; exit 1 when one fails or a file is wrong. */
async function main(): Promise<void> {
  const [catalogDir = 'catalog'] = process.argv.slice(2);
  const report = await testPolicies(resolve(catalogDir), new UncheckedActions());
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
