import type { Rule } from './rule-document.js';
import { RuleProgram } from './rule-program.js';
import { RuleText } from './rule-text.js';

/** A rule ready to be asked. */
export interface CompiledRule {
  readonly rule: Rule;
  /** Null when OPA decides. */
  readonly condition: RuleProgram | null;
  readonly message: RuleText;
  readonly remedy: RuleText | null;
}

/** @throws when the rule was never checked */
export function compileRule(rule: Rule): CompiledRule {
  const { when, message, remedy } = rule;
  return {
    rule,
    condition: when === undefined ? null : programOf(when),
    message: RuleText.read(message),
    remedy: remedy === undefined ? null : RuleText.read(remedy),
  };
}

function programOf(when: string): RuleProgram {
  const compiled = RuleProgram.compile(when, 'bool');
  if (!compiled.ok) throw new Error(compiled.faults.map(({ message }) => message).join('; '));
  return compiled.program;
}
