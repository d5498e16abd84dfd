import { OutOfBudget } from '../../shared/index.js';
import type { OpaAnswer } from '../opa/opa-answer.js';
import type { OpaDecisions } from '../opa/opa-decisions.js';
import type { CompiledRule } from './compiled-rule.js';
import type { OpaDecision, Rule } from './rule-document.js';
import { celFacts } from './rule-environment.js';
import type { RuleFacts } from './rule-facts.js';
import { summaryOf } from './rule-program.js';
import { type RuleVerdict, verdictOf } from './rule-verdict.js';

const MAX_LIST = 100;
const MAX_LETTERS = 64 * 1024;
/** What CEL says in these cases quotes the rule, never a value. */
const TELLING = ['no_such_key', 'no_such_overload', 'no_matching_overload', 'list_item_type_mismatch'];

/** Asks one rule about facts. Never throws: a rule that can't be judged is a verdict too. */
export class RuleJudge {
  constructor(private readonly opa: OpaDecisions) {}

  async judge(compiled: CompiledRule, facts: RuleFacts): Promise<RuleVerdict> {
    const { rule } = compiled;
    if (rule.mode === 'off') return verdictOf(rule, 'off');
    if (!concerns(rule, facts)) return verdictOf(rule, 'elsewhere');
    const tooLarge = excess(facts);
    if (tooLarge !== null) return failed(rule, tooLarge);
    return rule.opa === undefined ? byCondition(compiled, facts) : this.byOpa(compiled, rule.opa, facts);
  }

  private async byOpa(compiled: CompiledRule, opa: OpaDecision, facts: RuleFacts): Promise<RuleVerdict> {
    const answer = await this.opa.ask(opa, facts);
    if (answer.kind === 'silent') return verdictOf(compiled.rule, 'silent');
    if (answer.kind === 'fires') return fired(compiled, celFacts(facts), answer.messages);
    return unanswered(compiled.rule, opa, answer);
  }
}

function byCondition(compiled: CompiledRule, facts: RuleFacts): RuleVerdict {
  const { rule, condition } = compiled;
  try {
    const context = celFacts(facts);
    return condition?.run(context) === true ? fired(compiled, context) : verdictOf(rule, 'silent');
  } catch (error) {
    return failed(rule, whyOf(error));
  }
}

/** Whether the rule is about this at all. */
function concerns({ on, items, environments }: Rule, facts: RuleFacts): boolean {
  return (
    on.includes(facts.verb) &&
    (items?.includes(facts.item.name) ?? true) &&
    (environments?.includes(facts.environment) ?? true)
  );
}

function fired(compiled: CompiledRule, context: Record<string, unknown>, more: readonly string[] = []): RuleVerdict {
  const words = [compiled.message.write(context), ...more, compiled.remedy?.write(context) ?? ''];
  return verdictOf(compiled.rule, 'fired', words.filter((text) => text !== '').join(' '));
}

function failed(rule: Rule, why: string): RuleVerdict {
  const so = rule.effect === 'warn' ? 'so nobody can tell whether it warns' : 'so it counts as a refusal';
  const message = `The rule “${rule.title}” could not be judged (${why}), ${so}. Ask the team ${rule.owner} to mend it.`;
  return verdictOf(rule, 'failed', message);
}

function unanswered(rule: Rule, opa: OpaDecision, { why }: Extract<OpaAnswer, { kind: 'none' }>): RuleVerdict {
  if (opa.failure === 'closed') return failed(rule, why);
  const message = `The rule “${rule.title}” could not be asked (${why}). It is set to let things pass then, so it does not count this time.`;
  return verdictOf(rule, 'unasked', message);
}

function whyOf(error: unknown): string {
  if (error instanceof OutOfBudget) return error.message;
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && TELLING.includes(code) ? summaryOf(error) : 'its expression failed';
}

/** Loops are bounded by what they go over. */
function excess(facts: RuleFacts): string | null {
  if (JSON.stringify(facts).length > MAX_LETTERS) return 'the request is too large';
  return hasLongList(facts) ? `a list has more than ${MAX_LIST} entries` : null;
}

function hasLongList(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const inner: unknown[] = Object.values(value);
  return inner.length > MAX_LIST || inner.some(hasLongList);
}
