import { realpathSync } from 'node:fs';
import { isAbsolute, posix } from 'node:path';
import { ActionFailed } from '../../action.js';

/**
 * Which Git repositories may be looked into. An entry is an https address (`https://git.example.org/acme`) or an absolute folder
 * (`/srv/git`); it stands for itself and everything below it.
 */
export class RepositoryList {
  private readonly entries: readonly string[];

  constructor(entries: readonly string[]) {
    this.entries = entries.map(withoutEnd);
  }

  /** The address as Git gets it. @throws ActionFailed */
  checked(text: string): string {
    const address = isAbsolute(text) ? folderOf(text) : urlOf(text);
    const isListed =
      address !== null && this.entries.some((entry) => address === entry || address.startsWith(`${entry}/`));
    if (!isListed)
      throw new ActionFailed(
        'This repository is not on the list of those this installation may look into; the platform team can add it.',
        false,
      );
    return address;
  }
}

/** Where it really is: a link may lead out of a listed folder. */
function folderOf(path: string): string | null {
  try {
    return realpathSync(posix.normalize(path));
  } catch {
    return null;
  }
}

/** Nothing but host and path: no user, no port tricks, no query, nothing encoded, no way up. */
function urlOf(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  if (url.search !== '' || url.hash !== '' || /[%\\]|\/\//.test(url.pathname)) return null;
  return withoutEnd(`${url.origin}${url.pathname}`);
}

function withoutEnd(text: string): string {
  return text.replace(/\/+$/, '');
}
