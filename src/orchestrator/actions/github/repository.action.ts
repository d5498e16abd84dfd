import { z } from 'zod';
import type { AnyAction, Labels } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { type HttpApis, listOf, nameFor, objectOf, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';
import { connectGitHub, EXAMPLE_TOKEN, github, repository, repositoryName, under } from './github.js';

const TOPIC = 'quartermaster';
const LONGEST_TOPIC = 50;

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
        topics,
      } = objectOf(found);
      const output = { repository: textOf(full), url: textOf(url), cloneUrl: textOf(clone), branch: textOf(main) };
      const isOurs = textOf(description).endsWith(markFor(key)) && archived !== true;
      return { isOurs, isHalf: !listOf(topics).includes(TOPIC), version: null, output };
    },
    async make(api, { template, owner, name, description, visibility, allBranches }, { key, place, context }) {
      // Half: it is there without its topics.
      if ((await api.find(under(place.repository))) === null)
        await api.send('POST', under(template, 'generate'), {
          owner,
          name,
          description: `${description} ${markFor(key)}`.trim(),
          private: visibility === 'private',
          include_all_branches: allBranches,
        });
      // GitHub may show it a moment later: then it is made half, and finished by the next attempt.
      await api.send('PUT', under(place.repository, 'topics'), { names: topicsOf(context.labels) }, {});
    },
    remove: (api, place) =>
      place.undo === 'delete'
        ? api.send('DELETE', under(place.repository), undefined, {})
        : api.send('PATCH', under(place.repository), { archived: true }, {}),
  });
}

/** As GitHub takes them: small letters, digits and dashes, at most 50. */
function topicsOf(labels: Labels): string[] {
  const whose = Object.entries(labelsUnder('', { ...labels, requestId: '' }));
  const named = whose.map(([name, value]) => `${name}-${value}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
  return [TOPIC, ...named.map((topic) => topic.slice(0, LONGEST_TOPIC).replace(/-$/, ''))];
}

function markFor(key: string): string {
  return `[${nameFor(key)}]`;
}
