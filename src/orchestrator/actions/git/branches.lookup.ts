import { z } from 'zod';
import type { Option } from '../../../options/index.js';
import { type AnyLookup, defineLookup } from '../../lookup.js';
import { NoSecrets } from '../../no-secrets.js';
import type { Git } from './git-session.js';
import { remoteUrl } from './remotes.js';

const MOST = 20_000;
const REF = /^[0-9a-f]{40,64}\trefs\/(heads|tags)\/(.+)$/;

/** Branches, tags or both of a listed repository, by `git ls-remote`: nothing is fetched. */
export function branchesLookup(git: Git): AnyLookup {
  return defineLookup({
    id: 'git:branches',
    title: 'Branches of a Git repository',
    input: z.strictObject({ repository: remoteUrl, refs: z.enum(['branches', 'tags', 'both']).default('branches') }),
    find: ({ repository, refs }, { signal }) => {
      const kinds = [...(refs === 'tags' ? [] : ['--heads']), ...(refs === 'branches' ? [] : ['--tags'])];
      return git.session({ remote: repository, login: null }, { secrets: new NoSecrets(), signal }, async (session) => {
        const args = ['ls-remote', '--refs', ...kinds, '--', session.remote.url];
        return optionsIn(await session.git('read the branches', args));
      });
    },
  });
}

function optionsIn(output: string): Option[] {
  return output
    .split('\n')
    .slice(0, MOST)
    .flatMap((line) => {
      const [, kind, name] = REF.exec(line) ?? [];
      if (name === undefined) return [];
      return [{ value: name, title: name, ...(kind === 'tags' && { description: 'Tag' }) }];
    });
}
