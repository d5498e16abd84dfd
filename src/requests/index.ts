export { BudgetWatch } from './budget-watch.js';
export { type Draft, type DraftContent, type DraftForm, Drafts } from './drafts.js';
export { type EnvironmentExplanation, ExplainRequest, type Explanation } from './explain-request.js';
export { HaltSweep } from './halt-sweep.js';
export { ItemUsage, type Timings, type Usage } from './item-usage.js';
export { agreedChanges, type ChangeKind, type Plan, type PlannedChange, Planner, type PlanScope } from './plan.js';
export { type Preview, PreviewRequest } from './preview-request.js';
export { QueueOpener } from './queue-opener.js';
export type { QueuedRequest, QueuedState } from './queued-request.js';
export { type RequestFailure, type RequestRecord, type RequestState, requestScope } from './request.js';
export { RequestControl } from './request-control.js';
export { RequestProgress } from './request-progress.js';
export { type QueuePlace, RequestQueue } from './request-queue.js';
export {
  AlreadyThere,
  DraftGone,
  InvalidParameters,
  PlanChanged,
  PlanImpossible,
  RequestForbidden,
  RequestMovedOn,
  RequestRefused,
  UnknownRequest,
} from './requests.errors.js';
export { Requests } from './requests.js';
export { RequestsModule } from './requests.module.js';
export { RunControl } from './run-control.js';
export { type Submission, SubmitRequest } from './submit-request.js';
export { Successions } from './successions.js';
export { costFacts, isQueueable, limited, type Weighed, WishLimits } from './wish-limits.js';
