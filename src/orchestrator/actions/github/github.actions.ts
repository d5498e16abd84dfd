import type { AnyAction } from '../../action.js';
import type { HttpApis } from '../api/api.js';
import type { Time } from '../wait/waiting.js';
import { githubPullRequestAction } from './pull-request.action.js';
import { githubRepositoryAction } from './repository.action.js';
import { githubWorkflowAction } from './workflow.action.js';

/** `github:*` on GitHub and GitHub Enterprise. */
export function githubActions(apis: HttpApis, time: Time): AnyAction[] {
  return [githubRepositoryAction(apis), githubPullRequestAction(apis, time), githubWorkflowAction(apis, time)];
}
