import { accessSync, constants } from 'node:fs';
import { ActionFailed } from '../../action.js';

/** The programs that steps may run, by the name catalog files use, each by its whole path. */
export class ProgramList {
  constructor(private readonly paths: Readonly<Record<string, string>>) {}

  /** @throws ActionFailed when it is not listed, or not there */
  path(name: string): string {
    const path = Object.hasOwn(this.paths, name) ? this.paths[name] : undefined;
    if (path === undefined)
      throw new ActionFailed(
        `The program ${name} is not on the list of this installation. The platform team can add it.`,
        false,
      );
    try {
      accessSync(path, constants.X_OK);
    } catch (cause) {
      throw new ActionFailed(`The program ${name} is listed, but not there. Tell the platform team.`, false, { cause });
    }
    return path;
  }
}
