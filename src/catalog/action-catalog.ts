import type { JsonObject } from '../shared/index.js';

export interface ActionSummary {
  readonly id: string;
  readonly title: string;
  /** Names of the fields its output has, so that `steps.<name>.output.<field>` can be checked. */
  readonly outputs: readonly string[];
}

export interface ActionInputProblem {
  /** Where in the input, `['extensions', 0]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A read-only look at what there is, for the options of a parameter. */
export interface LookupSummary {
  readonly id: string;
  readonly title: string;
}

/**
 * Port, bound in orchestrator/: which actions a step may use. `inputProblems` gets the template as written; the catalog
 * drops every problem at or under a value that holds a `${{ }}`, so the binding can simply parse with the action's schema.
 */
export abstract class ActionCatalog {
  abstract has(id: string): boolean;
  abstract describe(): readonly ActionSummary[];
  abstract inputProblems(id: string, input: JsonObject): readonly ActionInputProblem[];
  abstract hasLookup(id: string): boolean;
  abstract lookups(): readonly LookupSummary[];
  /** As {@link inputProblems}, for a lookup. */
  abstract lookupProblems(id: string, input: JsonObject): readonly ActionInputProblem[];
}
