import type { Attempt, Run, SaidLine } from '../../orchestrator/index.js';

/** What is known of a run. */
export interface RunTrail {
  readonly run: Run;
  readonly output: readonly SaidLine[];
  readonly attempts: readonly Attempt[];
}

/** Runs as a text file: each step with its state and times, and under it what it said and how its attempts ended, in order. All of it was redacted when it was written. */
export function logOf(trails: readonly RunTrail[]): string {
  return trails.map(runLog).join('\n');
}

function runLog({ run, output, attempts }: RunTrail): string {
  const head = [
    `run ${run.id} (${run.kind}) of ${run.subject.id}, ${timeOf(run.createdAt)}: ${run.state}`,
    ...(run.continuesRunId === null ? [] : [`goes on where ${run.continuesRunId} failed`]),
    ...(run.cancelledBy === null ? [] : [`cancelled by ${run.cancelledBy}`]),
    `trace ${run.traceId}`,
    '',
  ];
  const steps = run.steps.flatMap((step) => {
    const said = output
      .filter(({ position }) => position === step.position)
      .map(({ line, at }) => ({ at, text: line }));
    const ends = attempts
      .filter(({ position }) => position === step.position)
      .map(({ failure, endedAt }, index) => ({ at: endedAt, text: endWords(index + 1, failure) }));
    const all = [...said, ...ends].sort((one, other) => one.at.getTime() - other.at.getTime());
    return [
      `== ${step.position + 1}. ${step.title} [${step.action}]: ${step.state}, ${step.attempts} ${step.attempts === 1 ? 'attempt' : 'attempts'}`,
      `   ${timeOf(step.startedAt)} to ${timeOf(step.endedAt)}`,
      ...all.map(({ at, text }) => `${at.toISOString()} ${text}`),
      ...(step.failure === null ? [] : [`!! ${step.failure.sentence} (${step.failure.code})`]),
      '',
    ];
  });
  return [...head, ...steps].join('\n');
}

function endWords(number: number, failure: Attempt['failure']): string {
  return `-- attempt ${number} ${failure === null ? 'worked' : `failed: ${failure.sentence} (${failure.code})`}`;
}

function timeOf(at: Date | null): string {
  return at === null ? 'not yet' : at.toISOString();
}
