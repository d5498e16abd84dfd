export { type Action, type ActionContext, ActionFailed, type AnyAction, defineAction, type Facts } from './action.js';
export { ActionPlanner } from './action-planner.js';
export { ActionRegistry } from './action-registry.js';
export { guardedGit } from './actions/git/git.actions.js';
export type { Git, GitSession } from './actions/git/git-session.js';
export { builtInActions, builtInLookups } from './actions/index.js';
export {
  type SlackBookmark,
  type SlackBookmarks,
  type SlackBookmarkWish,
  type SlackCanvas,
  type SlackCanvases,
  type SlackCanvasWords,
  type SlackChannel,
  type SlackChannels,
  SlackForSteps,
  type SlackHands,
  type SlackMembers,
  type SlackPeopleWish,
  type SlackPost,
  type SlackPosts,
} from './actions/slack/ports.js';
export { HelpDesk } from './help-desk.js';
export { NoSecrets } from './no-secrets.js';
export { type Observation, Observer } from './observer.js';
export { OrchestratorModule } from './orchestrator.module.js';
export { loadActionPackages } from './packages/index.js';
export {
  type Attempt,
  type NewRun,
  outputsOf,
  type Run,
  type RunKind,
  type RunState,
  Runs,
  type SaidLine,
  type StepFailure,
  type StepRun,
  type StepRunState,
} from './runs/index.js';
export { UpgradeRuns, type UpgradeWish } from './upgrading/index.js';
export { Confirmations } from './waits/index.js';
