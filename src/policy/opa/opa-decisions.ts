import type { OpaDecision } from '../rules/rule-document.js';
import type { RuleFacts } from '../rules/rule-facts.js';

/** `none`: it could not be asked, or said something that is no decision. */
export type OpaAnswer =
  | { readonly kind: 'silent' }
  | { readonly kind: 'fires'; readonly messages: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

/** Decisions made by OPA: by a server, or by a compiled bundle. */
export class OpaDecisions {
  ask(_opa: OpaDecision, _facts: RuleFacts): Promise<OpaAnswer> {
    return Promise.resolve({ kind: 'none', why: 'OPA is not connected' });
  }
}
