export { CancelWatch } from './cancel-watch.js';
export { Compensation } from './compensation.js';
export { OutputTalk } from './output-talk.js';
export { Rests } from './rests.js';
export { RunJournal } from './run-journal.js';
export { type ItineraryStep, type RunEnd, StepEngine } from './step-engine.js';
export { VerbRunner } from './verb-runner.js';
