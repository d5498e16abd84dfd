import { z } from 'zod';
import type { Json } from '../../shared/index.js';
import { idParser, sentenceParser } from '../access-document.js';
import { approvalParser } from '../approval-document.js';
import { givenParser } from './rule-given.js';
import { RULE_VERBS } from './rule-verbs.js';

/** What waits for an approval; the others are done at once or not at all. */
const APPROVABLE: ReadonlySet<string> = new Set(['request', 'operate', 'upgrade']);

export type RuleEffect = 'deny' | 'needs-approval' | 'warn';
export type RuleMode = 'enforce' | 'audit' | 'off';

const MAX_EXAMPLES = 50;
const MAX_OPA_MILLISECONDS = 5000;

const example = z.strictObject({
  title: z.string().trim().min(1).max(200),
  given: givenParser.prefault({}),
  expect: z.enum(['fires', 'silent']),
});

const opa = z
  .strictObject({
    /** Of an OPA server: `http://opa:8181`. */
    url: z.url({ protocol: /^https?$/ }).exactOptional(),
    /** A compiled bundle beside the rule: `name-check.tar.gz`, or its `policy.wasm`. */
    bundle: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._-]*\.(wasm|tar\.gz)$/,
        'write the name of a .wasm or .tar.gz file in catalog/policies/opa',
      )
      .exactOptional(),
    /** The decision, `quartermaster/names/deny`. */
    path: z
      .string()
      .regex(/^[A-Za-z_][\w-]*(\/[A-Za-z_][\w-]*)*$/, 'write a path like quartermaster/deny')
      .max(200),
    failure: z.enum(['closed', 'open']).default('closed'),
    timeoutMs: z.int().min(10).max(MAX_OPA_MILLISECONDS).default(500),
  })
  .refine((value) => (value.url === undefined) !== (value.bundle === undefined), {
    message: 'a decision comes from a url or from a bundle',
    params: { remedy: 'write exactly one of url and bundle' },
  });

/** The shape of `catalog/policies/*.yaml`: one rule a file. What goes beyond shape is checked in check-rule.ts. */
export const ruleParser = z
  .strictObject({
    id: idParser,
    version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version has three numbers, 1.0.0'),
    title: z.string().trim().min(1).max(150),
    /** The team that answers for the rule, and decides on exceptions from it. */
    owner: idParser,
    mode: z.enum(['enforce', 'audit', 'off']),
    effect: z.enum(['deny', 'needs-approval', 'warn']),
    on: z.array(z.enum(RULE_VERBS)).min(1).default(['request']),
    /** It is silent for every other catalog item; `parameters` are then known by name. */
    items: z.array(idParser).min(1).exactOptional(),
    environments: z.array(idParser).min(1).exactOptional(),
    /** CEL that gives true when the rule fires. */
    when: z.string().trim().min(1).max(4000).exactOptional(),
    opa: opa.exactOptional(),
    /** May hold `${{ expressions }}`. */
    message: sentenceParser,
    remedy: sentenceParser.exactOptional(),
    approval: approvalParser.exactOptional(),
    examples: z.array(example).min(1).max(MAX_EXAMPLES),
  })
  .refine((rule) => (rule.when === undefined) !== (rule.opa === undefined), {
    path: ['when'],
    message: 'a rule fires by “when” or by “opa”',
    params: { remedy: 'write exactly one of them' },
  })
  .refine((rule) => (rule.effect === 'needs-approval') === (rule.approval !== undefined), {
    path: ['approval'],
    message: 'approval belongs to the effect needs-approval, and only to it',
    params: { remedy: 'write both or neither' },
  })
  .refine((rule) => rule.effect !== 'needs-approval' || rule.on.every((verb) => APPROVABLE.has(verb)), {
    path: ['on'],
    message: 'only a request can wait for an approval',
    params: { remedy: 'write deny or warn for the other verbs, in a rule of their own' },
  })
  .refine((rule) => rule.opa !== undefined || rule.examples.some(({ expect }) => expect === 'fires'), {
    path: ['examples'],
    message: 'no example shows the rule firing',
    params: { remedy: 'add one with “expect: fires”' },
  });

export type RuleDocument = z.infer<typeof ruleParser>;
export type RuleExample = RuleDocument['examples'][number];
export type OpaDecision = NonNullable<RuleDocument['opa']>;

/** A rule that is in force. */
export interface Rule extends RuleDocument {
  readonly file: string;
  /** Of the document as written. */
  readonly digest: string;
}

/** As it is kept in `catalog_versions`. */
export interface RuleSource {
  readonly file: string;
  readonly source: string;
  readonly value: Json;
}
