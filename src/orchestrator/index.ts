export { type Action, type ActionContext, ActionFailed, type AnyAction, defineAction } from './action.js';
export { ActionRegistry } from './action-registry.js';
export { builtInActions } from './actions/index.js';
export { OrchestratorModule } from './orchestrator.module.js';
export {
  type NewRun,
  type Run,
  type RunKind,
  type RunState,
  Runs,
  type StepFailure,
  type StepRun,
  type StepRunState,
} from './runs/index.js';
