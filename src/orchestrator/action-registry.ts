import { ActionCatalog, type ActionInputProblem, type ActionSummary } from '../catalog/index.js';
import { AppError, type JsonObject } from '../shared/index.js';
import type { AnyAction } from './action.js';

export class UnknownAction extends AppError {
  readonly code = 'orchestrator.unknown_action';
}

/** The actions there are. Also tells the catalog about them, which checks every step against it at load. */
export class ActionRegistry extends ActionCatalog {
  private readonly actions: ReadonlyMap<string, AnyAction>;

  constructor(actions: readonly AnyAction[]) {
    super();
    this.actions = new Map(actions.map((action) => [action.id, action]));
    if (this.actions.size !== actions.length) throw new Error('Two actions have the same id.');
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
    const parsed = this.actions.get(id)?.input.safeParse(input);
    return (parsed?.error?.issues ?? []).map(({ path, message }) => ({
      path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
      message,
    }));
  }
}
