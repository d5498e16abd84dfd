import { readActionPackages } from '../config/index.js';
import {
  ActionRegistry,
  type AnyAction,
  builtInActions,
  builtInLookups,
  loadActionPackages,
} from '../orchestrator/index.js';
import { GuardedHttp } from '../platform/http-client/index.js';

/** Never asked: steps are looked at, not planned on a server. */
const NOWHERE = { postgresUrl: 'postgres://nobody@postgres.invalid:5432/postgres' };

/** The actions that come with the product, for commands that may not touch a server: good for checking steps and their inputs. */
export function offlineActions(more: readonly AnyAction[] = []): ActionRegistry {
  return new ActionRegistry([...builtInActions(NOWHERE), ...more], builtInLookups(NOWHERE));
}

/**
 * The same, and their plans say what they would where nothing of theirs is there yet, as their own examples do. What a step
 * was given stands in the plan's details, as JSON.
 */
export function plannableActions(more: readonly AnyAction[] = []): ActionRegistry {
  return new ActionRegistry([...builtInActions(NOWHERE), ...more].map(onEmptyTarget), builtInLookups(NOWHERE));
}

/** Those of ACTION_PACKAGES. What is wrong with one is told, and its actions are unknown then. */
export async function installedActions(): Promise<readonly AnyAction[]> {
  const { actions, problems } = await loadActionPackages(readActionPackages(), {
    http: new GuardedHttp([]),
    taken: builtInActions(NOWHERE),
  });
  for (const { package: name, message } of problems)
    process.stderr.write(`The action package ${name} is left out: ${message}.\n`);
  return actions;
}

function onEmptyTarget(action: AnyAction): AnyAction {
  // That something it needs is missing is for the server to say.
  const example = action.examples.find(({ plan }) => plan !== 'cannot');
  return {
    ...action,
    plan: (input) => {
      const parsed = action.input.safeParse(input);
      const fields = parsed.error?.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`) ?? [];
      return Promise.resolve(
        parsed.success
          ? { kind: example?.plan ?? 'create', summary: action.title, details: [JSON.stringify(input)] }
          : { kind: 'cannot', summary: `${action.id} does not take what it is given (${fields.join('; ')})` },
      );
    },
  };
}
