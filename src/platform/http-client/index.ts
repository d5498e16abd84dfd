export { AllowList, portOf } from './allow-list.js';
export { GuardedHttp, type HttpAnswer, type HttpCall } from './guarded-http.js';
export { HttpAnswerTooLarge, HttpRefused, HttpUnanswered } from './http-errors.js';
export { callPersistently, type Pause, pauseFor } from './persistent-call.js';
export { permittedAddresses, type Resolve, resolveByDns } from './pinned-connector.js';
