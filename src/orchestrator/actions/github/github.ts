import { z } from 'zod';
import type { LookContext } from '../../action.js';
import { type Api, type HttpApis, server } from '../api/api.js';

/** GitHub, or GitHub Enterprise under `https://<host>/api/v3`. */
export const github = server.extend({ url: server.shape.url.default('https://api.github.com') });
export type GitHubServer = z.output<typeof github>;

const name = z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,100}$/, 'a name on GitHub');
export const repository = z.string().regex(/^[\w-]{1,39}\/(?!\.{1,2}$)[\w.-]{1,100}$/, 'owner/name');
export const branch = z
  .string()
  .max(200)
  .regex(/^(?!.*(?:\.\.|\/\/|@\{|\.lock$))[\w][\w./-]*$/, 'a branch');
export { name as repositoryName };

export const EXAMPLE_TOKEN = { token: { ref: 'kv:shared/github#1', field: 'token' } };

const HEADERS = { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' };

export function connectGitHub(
  apis: HttpApis,
  to: GitHubServer,
  context: LookContext & { idempotencyKey?: string },
): Api {
  return apis.with(HEADERS).connect(to, context);
}

/** `/repos/<owner>/<name>/…` */
export function under(repo: string, ...rest: string[]): string[] {
  return ['repos', ...repo.split('/'), ...rest];
}
