export {
  isReverse,
  outputsOf,
  type Run,
  type RunKind,
  type RunState,
  type StepFailure,
  type StepRun,
  type StepRunState,
  stepAt,
} from './run.js';
export { RunStore, type StepInsert } from './run.store.js';
export { type NewRun, Runs } from './runs.js';
export { type Attempt, type Said, type SaidLine, StepTalkStore, type Talked } from './step-talk.store.js';
export { turnScope, unfoldSteps } from './unfold-steps.js';
