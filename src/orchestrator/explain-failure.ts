import type { RequestFailure } from '../requests/index.js';
import { AppError } from '../shared/index.js';
import type { Run, StepRun } from './runs/index.js';

const NEXT = 'Request it again; if it fails the same way, ask the platform team with this request’s id.';
const UNEXPECTED = 'Something unexpected happened; the log has the details.';

/** Of a run that failed: which step, why, what was undone, what remains, what next. */
export function explainFailure(run: Run): RequestFailure {
  const failed = run.steps.find((step) => step.failure !== null && !['succeeded', 'skipped'].includes(step.state));
  const undone = run.steps.filter((step) => step.state === 'compensated').reverse();
  const left = leftBehind(run);
  const sentences = [
    undone.length > 0 ? `Undone: ${titles(undone)}.` : '',
    left.length > 0 ? `Could not be undone: ${titles(left)}; the owners of the catalog item were told.` : '',
  ].filter((sentence) => sentence !== '');
  return {
    step: failed?.title ?? null,
    what: failed?.failure?.sentence ?? UNEXPECTED,
    undone: sentences.length > 0 ? sentences.join(' ') : 'Nothing was left behind.',
    next: NEXT,
  };
}

/** Of a run that failed and keeps what it made. */
export function explainHalt(run: Run, hours: number): RequestFailure {
  const made = run.steps.filter((step) => step.actionState !== null && step.state === 'succeeded');
  const { step, what } = explainFailure(run);
  return {
    ...{ step, what },
    undone: made.length > 0 ? `Kept for inspection: ${titles(made)}.` : 'What the step left half made is kept.',
    next: `Look at it, then retry from here or roll it back. After ${hours} hours it is rolled back by itself.`,
  };
}

/** Of a run that somebody stopped. */
export function explainCancel(run: Run): RequestFailure {
  const { undone } = explainFailure(run);
  const what = run.cancelledBy === null ? 'It was cancelled.' : `It was cancelled by <@${run.cancelledBy}>.`;
  return { step: null, what, undone, next: 'Request it again whenever you like.' };
}

/** Of a run that took back what a halted one had made. `before` is why that one halted. */
export function explainRollback(run: Run, before: RequestFailure | null): RequestFailure {
  const undone = run.steps.filter((step) => step.state === 'succeeded');
  const left = leftBehind(run);
  return {
    step: before?.step ?? null,
    what: before?.what ?? UNEXPECTED,
    undone: [
      undone.length > 0 ? `Rolled back: ${titles(undone)}.` : '',
      left.length > 0 ? `Could not be undone: ${titles(left)}; the owners of the catalog item were told.` : '',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    next: NEXT,
  };
}

/** Of a request that could not be brought to its end for a reason outside of its steps. */
export function explainTrouble(error: unknown, run: Run | null): RequestFailure {
  const undone: Record<Run['state'], string> = {
    waiting: 'Nothing was made.',
    running: 'It may have left something behind.',
    compensating: 'It may have left something behind.',
    succeeded: 'What was made is still there.',
    failed: run === null ? '' : explainFailure(run).undone,
    cancelled: 'It may have left something behind.',
  };
  return {
    step: null,
    what: error instanceof AppError ? error.publicMessage : UNEXPECTED,
    undone: run === null ? 'Nothing was made.' : undone[run.state],
    next: NEXT,
  };
}

/** Steps whose work could not be taken back. */
export function leftBehind(run: Run): readonly StepRun[] {
  if (run.kind === 'rollback') return run.steps.filter((step) => step.state !== 'succeeded');
  return run.steps.filter((step) => step.state === 'compensation-failed');
}

export function titles(steps: readonly StepRun[]): string {
  return steps.map((step) => `“${step.title}”`).join(', ');
}
