export { AllowList, InvalidAllowList } from './allow-list.js';
export { GuardedHttp, type HttpAnswer, type HttpCall } from './guarded-http.js';
export { HttpAnswerTooLarge, HttpRefused, HttpUnanswered } from './http-errors.js';
export { callPersistently, type Pause, pauseFor } from './persistent-call.js';
export type { Resolve } from './pinned-connector.js';
