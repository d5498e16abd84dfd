/** What may be judged by its content: a request, and what is done to a resource later. */
export const RULE_VERBS = ['request', 'operate', 'upgrade', 'extend', 'destroy'] as const;
export type RuleVerb = (typeof RULE_VERBS)[number];
