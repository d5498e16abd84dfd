import type { Run } from '../../orchestrator/index.js';

/** A run as a text file: each step with its state and times, and under it what it said. All of it was redacted when it was written. */
export function logOf(run: Run, output: readonly { position: number; line: string; at: Date }[]): string {
  const head = [`run ${run.id} (${run.kind}) of ${run.subject.id}: ${run.state}`, `trace ${run.traceId}`, ''];
  const steps = run.steps.flatMap((step) => [
    `== ${step.position + 1}. ${step.title} [${step.action}]: ${step.state}, ${step.attempts} ${step.attempts === 1 ? 'attempt' : 'attempts'}`,
    `   ${timeOf(step.startedAt)} to ${timeOf(step.endedAt)}`,
    ...output.filter(({ position }) => position === step.position).map(({ line, at }) => `${at.toISOString()} ${line}`),
    ...(step.failure === null ? [] : [`!! ${step.failure.sentence} (${step.failure.code})`]),
    '',
  ]);
  return [...head, ...steps].join('\n');
}

function timeOf(at: Date | null): string {
  return at === null ? 'not yet' : at.toISOString();
}
