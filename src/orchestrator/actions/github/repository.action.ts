import { z } from 'zod';
import type { AnyAction } from '../../action.js';
import { type HttpApis, nameFor, objectOf, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';
import { connectGitHub, EXAMPLE_TOKEN, github, repository, repositoryName, under } from './github.js';

/** A repository made from a template repository. Its description ends with a mark that follows from the key. */
export function githubRepositoryAction(apis: HttpApis): AnyAction {
  return thingAction({
    id: 'github:repository',
    title: 'Repository on GitHub',
    noun: 'repository',
    input: z.strictObject({
      server: github,
      template: repository,
      owner: repositoryName,
      name: repositoryName,
      description: z.string().max(250).default(''),
      visibility: z.enum(['private', 'public']).default('private'),
      allBranches: z.boolean().default(false),
      /** What taking it back does. */
      undo: z.enum(['archive', 'delete']).default('archive'),
    }),
    place: z.object({ server: github, repository: z.string(), undo: z.enum(['archive', 'delete']) }),
    output: z.object({ repository: z.string(), url: z.string(), cloneUrl: z.string(), branch: z.string() }),
    examples: [
      {
        title: 'On a server that is not on the list',
        input: { server: EXAMPLE_TOKEN, template: 'acme/service', owner: 'acme', name: 'orders' },
        plan: 'cannot',
      },
    ],
    describe: ({ owner, name, template, visibility, undo }) => ({
      name: `${owner}/${name}`,
      details: [`From ${template}, ${visibility}`, `Taken back: it is ${undo}d.`],
    }),
    placeOf: ({ server, owner, name, undo }) => ({ server, repository: `${owner}/${name}`, undo }),
    connect: (place, context) => connectGitHub(apis, place.server, context),
    async obstacle(api, { template }) {
      const found = await api.find(under(template));
      if (found === null) return `There is no repository ${template}, or it may not be seen.`;
      return objectOf(found).is_template === true ? null : `${template} is not marked as a template on GitHub.`;
    },
    async find(api, place, key) {
      const found = await api.find(under(place.repository));
      if (found === null) return null;
      const {
        description,
        archived,
        full_name: full,
        html_url: url,
        clone_url: clone,
        default_branch: main,
      } = objectOf(found);
      const output = { repository: textOf(full), url: textOf(url), cloneUrl: textOf(clone), branch: textOf(main) };
      return { isOurs: textOf(description).endsWith(markFor(key)) && archived !== true, version: null, output };
    },
    make: (api, { template, owner, name, description, visibility, allBranches }, { key }) =>
      api.send('POST', under(template, 'generate'), {
        owner,
        name,
        description: `${description} ${markFor(key)}`.trim(),
        private: visibility === 'private',
        include_all_branches: allBranches,
      }),
    remove: (api, place) =>
      place.undo === 'delete'
        ? api.send('DELETE', under(place.repository), undefined, {})
        : api.send('PATCH', under(place.repository), { archived: true }, {}),
  });
}

function markFor(key: string): string {
  return `[${nameFor(key)}]`;
}
