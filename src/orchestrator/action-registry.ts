import type { z } from 'zod';
import { ActionCatalog, type ActionInputProblem, type ActionSummary, type LookupSummary } from '../catalog/index.js';
import { AppError, type JsonObject } from '../shared/index.js';
import type { AnyAction } from './action.js';
import type { AnyLookup } from './lookup.js';

export class UnknownAction extends AppError {
  readonly code = 'orchestrator.unknown_action';
}

/** The actions there are. Also tells the catalog about them, which checks every step against it at load. */
export class ActionRegistry extends ActionCatalog {
  private readonly actions: ReadonlyMap<string, AnyAction>;
  private readonly lookupsById: ReadonlyMap<string, AnyLookup>;

  /** `lookups`: those that belong to no action. */
  constructor(actions: readonly AnyAction[], lookups: readonly AnyLookup[] = []) {
    super();
    this.actions = new Map(actions.map((action) => [action.id, action]));
    if (this.actions.size !== actions.length) throw new Error('Two actions have the same id.');
    const all = [...actions.flatMap(({ lookup }) => (lookup === undefined ? [] : [lookup])), ...lookups];
    this.lookupsById = new Map(all.map((lookup) => [lookup.id, lookup]));
    if (this.lookupsById.size !== all.length) throw new Error('Two lookups have the same id.');
  }

  /** @throws UnknownAction */
  get(id: string): AnyAction {
    const action = this.actions.get(id);
    if (action === undefined)
      throw new UnknownAction(`The action ${id} is not installed here. Nothing was changed; tell the platform team.`);
    return action;
  }

  all(): readonly AnyAction[] {
    return [...this.actions.values()];
  }

  has(id: string): boolean {
    return this.actions.has(id);
  }

  describe(): readonly ActionSummary[] {
    return this.all().map(({ id, title, output }) => ({ id, title, outputs: Object.keys(output.shape) }));
  }

  inputProblems(id: string, input: JsonObject): readonly ActionInputProblem[] {
    return problemsOf(this.actions.get(id)?.input, input);
  }

  /** @throws UnknownAction */
  lookup(id: string): AnyLookup {
    const lookup = this.lookupsById.get(id);
    if (lookup === undefined)
      throw new UnknownAction(`The lookup ${id} is not installed here; tell the platform team.`);
    return lookup;
  }

  hasLookup(id: string): boolean {
    return this.lookupsById.has(id);
  }

  lookups(): readonly LookupSummary[] {
    return [...this.lookupsById.values()].map(({ id, title }) => ({ id, title }));
  }

  lookupProblems(id: string, input: JsonObject): readonly ActionInputProblem[] {
    return problemsOf(this.lookupsById.get(id)?.input, input);
  }
}

function problemsOf(schema: z.ZodType | undefined, input: JsonObject): ActionInputProblem[] {
  return (schema?.safeParse(input).error?.issues ?? []).map(({ path, message }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
    message,
  }));
}
