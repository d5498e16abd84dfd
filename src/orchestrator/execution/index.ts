export { Compensation } from './compensation.js';
export { RunJournal } from './run-journal.js';
export { type Itinerary, StepEngine } from './step-engine.js';
export { VerbRunner } from './verb-runner.js';
