import type { Run, StepRun, StepRunState } from '../../orchestrator/index.js';
import { lines } from '../text/blocks.js';
import { escape, timeWords } from '../text/mrkdwn.js';

const STATES: Readonly<Record<StepRunState, { icon: string; word: string }>> = {
  waiting: { icon: '▫️', word: 'waiting' },
  running: { icon: '🔄', word: 'running' },
  succeeded: { icon: '✅', word: 'done' },
  failed: { icon: '❌', word: 'failed' },
  skipped: { icon: '⏭️', word: 'skipped' },
  compensating: { icon: '↩️', word: 'being undone' },
  compensated: { icon: '↩️', word: 'undone' },
  'compensation-failed': { icon: '⚠️', word: 'could not be undone' },
};
const LEAST_MILLISECONDS_LEFT = 5_000;
/** In a teardown a step that succeeded took something away. */
const REVERSE_WORDS: Partial<Record<StepRunState, string>> = {
  succeeded: 'removed',
  running: 'being removed',
  compensated: 'removed',
  compensating: 'being removed',
  failed: 'could not be removed',
};

/** One line a step: icon, title, word, time. */
export function stepLines(run: Run): string {
  const isReverse = run.kind === 'destroy' || run.kind === 'rollback';
  return lines(
    run.steps.map((step) => stepLine(step, isReverse)),
    'more steps',
  );
}

/** When a run is done if its steps take as long as they usually do; null when that is not known of all, or is over. */
export function doneAt(run: Run, now = new Date()): Date | null {
  const left = run.steps.filter((step) => step.state === 'waiting' || step.state === 'running');
  let end = now.getTime();
  let [group, stageBegins] = [left[0]?.template.group, end];
  for (const { expectedSeconds, startedAt, template } of left) {
    if (expectedSeconds === null) return null;
    if (template.group === undefined || template.group !== group) stageBegins = end;
    group = template.group;
    end = Math.max(end, (startedAt?.getTime() ?? stageBegins) + expectedSeconds * 1000);
  }
  const isWorthSaying = end - now.getTime() >= LEAST_MILLISECONDS_LEFT;
  return isWorthSaying ? new Date(end) : null;
}

function stepLine(step: StepRun, isReverse: boolean): string {
  const { icon, word } = STATES[step.state];
  const said = (isReverse ? REVERSE_WORDS[step.state] : undefined) ?? word;
  const attempt = step.attempts > 1 ? `, try ${step.attempts}` : '';
  const progress = step.state === 'running' && step.progress !== null ? `\n      ${escape(step.progress, 300)}` : '';
  return `${icon} ${escape(step.title, 200)} · _${said}${attempt}${timeOf(step)}_${progress}`;
}

function timeOf({ startedAt, endedAt }: StepRun): string {
  if (startedAt === null) return '';
  if (endedAt === null) return ` since ${timeWords(startedAt)}`;
  const seconds = Math.max(0, (endedAt.getTime() - startedAt.getTime()) / 1000);
  return seconds < 60 ? `, ${seconds.toFixed(1)} s` : `, ${Math.round(seconds / 60)} min`;
}
