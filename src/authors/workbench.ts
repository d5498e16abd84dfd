import { Catalog, CatalogLoader, type CatalogOptions, Expressions } from '../catalog/index.js';
import { ActionPlanner, type AnyAction, NoSecrets } from '../orchestrator/index.js';
import { type FilePolicy, policyOfFiles } from '../policy/index.js';
import { Costs, PriceBook } from '../quotas/index.js';
import type { Planner } from '../requests/index.js';
import { Redactor } from '../secrets/index.js';
import { Clock } from '../shared/index.js';
import { DirectoryOfFiles } from './directory-of-files.js';
import { NoVersions } from './no-versions.js';
import { plannableActions } from './offline-actions.js';

/** What a request is weighed with, all of it real but the servers, the history and Slack. */
export interface Workbench extends FilePolicy {
  readonly catalog: Catalog;
  readonly expressions: Expressions;
  readonly planner: Planner;
  readonly costs: Costs;
  readonly clock: SetClock;
}

/** Shows what it was set to. */
export class SetClock extends Clock {
  constructor(private time: Date) {
    super();
  }

  now(): Date {
    return this.time;
  }

  set(time: Date): void {
    this.time = time;
  }
}

/** A plan of a command is read by its author alone. */
class NothingHidden extends Redactor {
  override value<T>(value: T): T {
    return value;
  }
}

/** Loads the files of a catalog as the bot would. */
export async function setUpWorkbench(
  folders: CatalogOptions,
  clock: SetClock,
  more: readonly AnyAction[] = [],
): Promise<Workbench> {
  const [expressions, actions, versions] = [new Expressions(), plannableActions(more), new NoVersions()];
  const catalog = new Catalog(folders, new CatalogLoader(expressions, actions), versions);
  await catalog.reload();
  const prices = new PriceBook(folders.catalogDir, { query: () => Promise.resolve([]) });
  await prices.reload();
  const directory = new DirectoryOfFiles();
  return {
    ...(await policyOfFiles(folders.catalogDir, { catalog, versions, directory, clock })),
    catalog,
    expressions,
    planner: new ActionPlanner(actions, expressions, new NothingHidden(), new NoSecrets()),
    costs: new Costs(prices, expressions),
    clock,
  };
}
