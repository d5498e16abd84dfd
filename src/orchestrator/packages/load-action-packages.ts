import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../shared/index.js';
import type { AnyAction } from '../action.js';
import { type ActionKit, actionKit } from './action-kit.js';

/** What is wrong with a package, and what to do. Nothing of it is used. */
export interface PackageProblem {
  readonly package: string;
  readonly message: string;
}

export interface LoadedPackages {
  readonly actions: readonly AnyAction[];
  readonly problems: readonly PackageProblem[];
}

const ID = /^[a-z][a-z0-9-]{0,40}:[a-z][a-z0-9-]{0,60}$/;

/**
 * Actions that others wrote. Each package's default export is a function that gets the {@link ActionKit} and answers an action or
 * several. One that is broken is left out as a whole, and takes nothing else down.
 */
export async function loadActionPackages(
  names: readonly string[],
  { http, taken }: { http: ActionKit['http']; taken: readonly AnyAction[] },
): Promise<LoadedPackages> {
  const { kit, isOurs } = actionKit(http);
  const known = new Set(taken.map(({ id }) => id));
  const systems = new Set(taken.map(({ id }) => systemOf(id)));
  const [actions, problems]: [AnyAction[], PackageProblem[]] = [[], []];
  for (const name of names) {
    try {
      const found = await actionsOf(name, kit, isOurs);
      assertSound(found, { known, systems });
      for (const { id } of found) known.add(id);
      actions.push(...found);
    } catch (error) {
      problems.push({ package: name, message: messageOf(error) });
    }
  }
  return { actions, problems };
}

async function actionsOf(name: string, kit: ActionKit, isOurs: (one: unknown) => boolean): Promise<AnyAction[]> {
  const module = (await import(await entryOf(name))) as { default?: unknown };
  if (typeof module.default !== 'function')
    throw new Error('its default export is no function; export default (kit) => [kit.defineAction({ … })]');
  const answer: unknown = await (module.default as (kit: ActionKit) => unknown)(kit);
  const all: unknown[] = Array.isArray(answer) ? answer : [answer];
  if (all.length === 0) throw new Error('it exports no action');
  if (!all.every((one): one is AnyAction => isOurs(one)))
    throw new Error('it answers something that is no action; make each with kit.defineAction({ … })');
  return all;
}

/** A name is a package that is installed; a path is a file, or a folder with a package.json. */
async function entryOf(name: string): Promise<string> {
  if (!name.startsWith('.') && !isAbsolute(name)) return name;
  const path = resolve(name);
  if (!(await stat(path)).isDirectory()) return pathToFileURL(path).href;
  const { exports, main } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Record<string, unknown>;
  const entry = [exports, main].find((one) => typeof one === 'string') ?? 'index.js';
  return pathToFileURL(join(path, entry)).href;
}

function assertSound(
  actions: readonly AnyAction[],
  { known, systems }: { known: ReadonlySet<string>; systems: ReadonlySet<string> },
): void {
  const own = new Set<string>();
  for (const { id, input, examples } of actions) {
    if (!ID.test(id)) throw new Error(`${id} is no id for an action; write it like acme:ticket`);
    if (systems.has(systemOf(id)))
      throw new Error(
        `${id} begins with ${systemOf(id)}:, which comes with Quartermaster; choose a prefix of your own`,
      );
    if (known.has(id) || own.has(id)) throw new Error(`${id} is there already; choose another id`);
    own.add(id);
    for (const { title, input: example } of examples) {
      const issue = input.safeParse(example).error?.issues[0];
      if (issue !== undefined)
        throw new Error(
          `the example “${title}” of ${id} does not fit its input: ${issue.path.join('.')} ${issue.message}`,
        );
    }
  }
}

function systemOf(id: string): string {
  return id.split(':', 1)[0] ?? '';
}
