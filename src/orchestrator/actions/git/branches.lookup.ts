import { z } from 'zod';
import type { Option } from '../../../options/index.js';
import { cleanEnvironment, inWorkingFolder, Programs } from '../../../platform/programs/index.js';
import { ActionFailed } from '../../action.js';
import { type AnyLookup, defineLookup } from '../../lookup.js';
import type { RepositoryList } from './repository-list.js';

const GIT = '/usr/bin/git';
const SECONDS = 8;
const MEMORY_MEGABYTES = 512;
const OUTPUT_BYTES = 8 * 1024 * 1024;
const MOST = 20_000;
/** Git asks nobody, follows no redirect, reads no settings, and knows no other protocol. */
const SETTINGS = [
  'protocol.allow=never',
  'protocol.https.allow=always',
  'protocol.http.allow=always',
  'protocol.file.allow=always',
  'http.followRedirects=false',
  'credential.helper=',
  'core.askPass=',
].flatMap((setting) => ['-c', setting]);
const REF = /^[0-9a-f]{40,64}\trefs\/(heads|tags)\/(.+)$/;

/** Branches, tags or both of a listed repository, by `git ls-remote`: nothing is fetched. */
export function branchesLookup(list: RepositoryList, programs: Programs = new Programs()): AnyLookup {
  return defineLookup({
    id: 'git:branches',
    title: 'Branches of a Git repository',
    input: z.strictObject({
      repository: z.string().min(1).max(500),
      refs: z.enum(['branches', 'tags', 'both']).default('branches'),
    }),
    find: async ({ repository, refs }, { signal }) => {
      const address = list.checked(repository);
      const kinds = [...(refs === 'tags' ? [] : ['--heads']), ...(refs === 'branches' ? [] : ['--tags'])];
      const said = await inWorkingFolder((folder) =>
        programs.run({
          file: GIT,
          args: [...SETTINGS, 'ls-remote', '--refs', ...kinds, '--', address],
          folder,
          environment: {
            ...cleanEnvironment(folder),
            GIT_CONFIG_NOSYSTEM: '1',
            GIT_CONFIG_GLOBAL: '/dev/null',
            GIT_TERMINAL_PROMPT: '0',
            GIT_ALLOW_PROTOCOL: 'https:http:file',
          },
          signal,
          seconds: SECONDS,
          memoryMegabytes: MEMORY_MEGABYTES,
          outputBytes: OUTPUT_BYTES,
        }),
      );
      if (said.exitCode !== 0)
        throw new ActionFailed('The Git repository does not answer, or lets nobody in.', true, { cause: said.stderr });
      return optionsIn(said.stdout);
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
