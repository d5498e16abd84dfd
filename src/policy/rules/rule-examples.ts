import type { CatalogItem } from '../../catalog/index.js';
import type { YamlDocument } from '../../platform/documents/index.js';
import { compileRule } from './compiled-rule.js';
import { factsOf } from './example-facts.js';
import type { Rule, RuleExample } from './rule-document.js';
import type { RuleJudge } from './rule-judge.js';
import type { RuleVerdict } from './rule-verdict.js';

export interface ExampleResult {
  readonly rule: string;
  readonly title: string;
  /** From 1, in the rule's file. */
  readonly line: number;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  /** Why, for what did not pass. */
  readonly why: string;
}

/** Runs the examples of a rule, as if it were enforced. `items` are those of the catalog. */
export async function runExamples(
  rule: Rule,
  document: YamlDocument,
  { judge, items, zone }: { judge: RuleJudge; items: readonly CatalogItem[]; zone: string },
): Promise<ExampleResult[]> {
  const compiled = compileRule({ ...rule, mode: 'enforce' });
  return Promise.all(
    rule.examples.map(async (example, index) => {
      const { line } = document.problem(['examples', index], '', '');
      const head = { rule: rule.id, title: example.title, line };
      const item = items.find(({ name }) => name === example.given.item);
      if (example.given.item !== undefined && item === undefined)
        return { ...head, outcome: 'failed', why: `there is no catalog item “${example.given.item}”` };
      const verdict = await judge.judge(compiled, factsOf(example.given, zone, item));
      return { ...head, ...outcomeOf(rule, example, verdict) };
    }),
  );
}

function outcomeOf(
  rule: Rule,
  { expect }: RuleExample,
  { state, message }: RuleVerdict,
): Pick<ExampleResult, 'outcome' | 'why'> {
  const asExpected = expect === 'fires' ? state === 'fired' : state === 'silent' || state === 'elsewhere';
  if (asExpected) return { outcome: 'passed', why: '' };
  const unreachable = rule.opa?.url !== undefined && (state === 'failed' || state === 'unasked');
  if (unreachable) return { outcome: 'not-run', why: message };
  if (state === 'failed' || state === 'unasked') return { outcome: 'failed', why: message };
  return {
    outcome: 'failed',
    why: expect === 'fires' ? 'it should fire and stays silent' : `it should stay silent and fires: ${message}`,
  };
}
