import { z } from 'zod';
import type { Json } from '../../../shared/index.js';
import { ActionFailed, type AnyAction, defineAction, type Labels } from '../../action.js';
import { labelWords } from '../../labels.js';
import { type Api, type HttpApis, listOf, nameFor, objectOf, textOf } from '../api/api.js';
import type { Time } from '../wait/waiting.js';
import { branch, connectGitHub, EXAMPLE_TOKEN, github, repository, under } from './github.js';
import { pollUntil } from './polling.js';

const input = z.strictObject({
  server: github,
  repository,
  head: branch,
  base: branch.default('main'),
  title: z.string().min(1).max(250),
  body: z.string().max(10_000).default(''),
  /** `open` and go on; `wait` until somebody merged it: the merge is the approval; `merge` it as soon as GitHub allows. */
  then: z.enum(['open', 'wait', 'merge']).default('open'),
  method: z.enum(['merge', 'squash', 'rebase']).default('squash'),
  everySeconds: z.int().min(1).max(600).default(15),
  undo: z.enum(['close', 'keep']).default('close'),
});

const state = z.object({
  server: github,
  repository,
  head: branch,
  base: branch,
  key: z.string(),
  undo: z.enum(['close', 'keep']),
});

interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly isOurs: boolean;
  readonly status: 'open' | 'merged' | 'closed';
}

/** A pull request: opened, waited for, merged. A comment in its text carries a mark that follows from the key. */
export function githubPullRequestAction(apis: HttpApis, time: Time): AnyAction {
  return defineAction({
    id: 'github:pull-request',
    title: 'Pull request on GitHub',
    input,
    output: z.object({ number: z.int(), url: z.string(), merged: z.boolean(), sha: z.string() }),
    state,
    examples: [
      {
        title: 'On a server that is not on the list',
        input: { server: EXAMPLE_TOKEN, repository: 'acme/orders', head: 'add-orders', title: 'Add orders' },
        plan: 'cannot',
      },
    ],

    async plan(wanted, context) {
      const api = connectGitHub(apis, wanted.server, context);
      const { repository: repo, head, base, then } = wanted;
      if ((await api.find(under(repo))) === null)
        return { kind: 'cannot', summary: `There is no repository ${repo}, or it may not be seen.` };
      const open = (await requestsFor(api, wanted)).find(({ status }) => status === 'open');
      if (open !== undefined)
        return { kind: 'cannot', summary: `A pull request from ${head} to ${base} is open already: ${open.url}` };
      return { kind: 'create', summary: `Pull request in ${repo}: ${head} → ${base}`, details: [WORDS[then]] };
    },

    intend: ({ server, repository: repo, head, base, undo }, { idempotencyKey: key }) =>
      Promise.resolve({ server, repository: repo, head, base, key, undo }),

    async apply(wanted, { idempotencyKey: key, ...context }) {
      const api = connectGitHub(apis, wanted.server, { ...context, idempotencyKey: key });
      const opened = await openedOnce(api, wanted, key, context.labels);
      context.report(`${opened.url} is ${opened.status}`);
      if (wanted.then === 'merge' && opened.status === 'open') await merge(api, wanted, opened, { time, ...context });
      const last = wanted.then === 'open' ? opened : await followed(api, wanted, opened, { time, ...context });
      const detail = objectOf(await api.find(under(wanted.repository, 'pulls', String(last.number))));
      const merged = last.status === 'merged';
      const sha = textOf(merged ? detail.merge_commit_sha : objectOf(detail.head).sha);
      const { server, repository: repo, head, base, undo } = wanted;
      return {
        state: { server, repository: repo, head, base, key, undo },
        output: { number: last.number, url: last.url, merged, sha },
      };
    },

    async read(kept, context) {
      const found = await ours(connectGitHub(apis, kept.server, context), kept);
      if (found === undefined) return { exists: false, detail: 'the pull request is not there' };
      return { exists: found.status !== 'closed', detail: `the pull request ${found.number} is ${found.status}` };
    },

    async destroy(kept, context) {
      if (kept.undo === 'keep') return;
      const api = connectGitHub(apis, kept.server, { ...context, idempotencyKey: `${kept.key}:close` });
      const found = await ours(api, kept);
      if (found === undefined || found.status === 'closed') return;
      if (found.status === 'merged')
        throw new ActionFailed(`${found.url} is merged already. Revert it there, if it has to go.`, false);
      await api.send('PATCH', under(kept.repository, 'pulls', String(found.number)), { state: 'closed' }, {});
    },
  });
}

type Wanted = z.output<typeof input>;
type Where = Pick<Wanted, 'repository' | 'head' | 'base'>;
type Waiting = Parameters<typeof pollUntil>[1];

const WORDS: Record<Wanted['then'], string> = {
  open: 'It is opened; the steps go on.',
  wait: 'The steps go on when somebody merged it.',
  merge: 'It is merged as soon as GitHub allows.',
};

async function requestsFor(api: Api, { repository: repo, head, base }: Where, key = ''): Promise<PullRequest[]> {
  const [owner = ''] = repo.split('/');
  const query = { head: `${owner}:${head}`, base, state: 'all', per_page: 100 };
  return listOf(await api.find(under(repo, 'pulls'), { query })).map((found) => asRequest(found, key));
}

function asRequest(found: Json, key: string): PullRequest {
  const { number, html_url: url, body, state: status, merged_at: mergedAt } = objectOf(found);
  return {
    number: Number(textOf(number)),
    url: textOf(url),
    isOurs: key !== '' && textOf(body).includes(markFor(key)),
    status: textOf(mergedAt) !== '' ? 'merged' : status === 'open' ? 'open' : 'closed',
  };
}

async function ours(api: Api, kept: Where & { key: string }): Promise<PullRequest | undefined> {
  return (await requestsFor(api, kept, kept.key)).find(({ isOurs }) => isOurs);
}

async function openedOnce(api: Api, wanted: Wanted, key: string, labels: Labels): Promise<PullRequest> {
  const known = await ours(api, { ...wanted, key });
  if (known !== undefined) return known;
  const { repository: repo, head, base, title, body } = wanted;
  const text = [body, `_Quartermaster: ${labelWords(labels)}_`, markFor(key)].join('\n\n').trim();
  return asRequest(await api.send('POST', under(repo, 'pulls'), { head, base, title, body: text }), key);
}

/** As soon as GitHub says that nothing is in the way: checks, approvals, conflicts. */
async function merge(
  api: Api,
  { repository: repo, method, everySeconds }: Wanted,
  { number }: PullRequest,
  waiting: Waiting,
): Promise<void> {
  const path = under(repo, 'pulls', String(number));
  const ready = await pollUntil(
    async () => {
      const { mergeable, mergeable_state: why, head, state: status } = objectOf(await api.find(path));
      if (status !== 'open') return { sha: '' };
      if (mergeable === false && why === 'dirty')
        throw new ActionFailed(
          'The pull request has conflicts with its base. Solve them there, then try again.',
          false,
        );
      const isReady = mergeable === true && ['clean', 'has_hooks', 'unstable'].includes(textOf(why));
      return isReady ? { sha: textOf(objectOf(head).sha) } : `Not to be merged yet (${textOf(why)})`;
    },
    { ...waiting, everySeconds },
  );
  if (ready.sha !== '') await api.send('PUT', [...path, 'merge'], { merge_method: method, sha: ready.sha });
}

async function followed(api: Api, wanted: Wanted, { number }: PullRequest, waiting: Waiting): Promise<PullRequest> {
  return pollUntil(
    async () => {
      const now = asRequest(await api.find(under(wanted.repository, 'pulls', String(number))), '');
      if (now.status === 'closed') throw new ActionFailed(`${now.url} was closed without being merged.`, false);
      return now.status === 'merged' ? now : `${now.url} is not merged yet`;
    },
    { ...waiting, everySeconds: wanted.everySeconds },
  );
}

function markFor(key: string): string {
  return `<!-- ${nameFor(key, 'quartermaster-')} -->`;
}
