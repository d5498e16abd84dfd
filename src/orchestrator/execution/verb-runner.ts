import { Injectable } from '@nestjs/common';
import { Metrics } from '../../observability/index.js';
import { Redactor, SecretStore } from '../../secrets/index.js';
import type { ActionContext } from '../action.js';
import { labelsOf } from '../labels.js';
import type { Run, StepRun } from '../runs/index.js';
import { CancelWatch } from './cancel-watch.js';
import { Progress } from './progress.js';
import { RunJournal } from './run-journal.js';
import { withinTime } from './time-limit.js';

export type EffectVerb = 'apply' | 'destroy';

/** Runs one verb of a step's action with what it may use, its time limit, its progress and its measurements. */
@Injectable()
export class VerbRunner {
  constructor(
    private readonly journal: RunJournal,
    private readonly watch: CancelWatch,
    private readonly secrets: SecretStore,
    private readonly redactor: Redactor,
    private readonly metrics: Metrics,
  ) {}

  /** @throws what the action throws, or StepTimedOut */
  async run<T>(
    { run, step, verb, attempt }: { run: Run; step: StepRun; verb: EffectVerb; attempt: number },
    work: (context: ActionContext) => Promise<T>,
  ): Promise<T> {
    if (attempt > 1) this.metrics.stepRetries.inc({ action: step.action });
    const stopClock = this.metrics.stepSeconds.startTimer({ action: step.action, verb });
    const progress = new Progress((lines) =>
      this.journal.showProgress(
        run,
        step,
        lines.map((line) => this.redactor.text(line)),
      ),
    );
    // What takes something away is not stopped half way.
    const cancel = verb === 'apply' ? this.watch.over(run.id) : null;
    const context = {
      idempotencyKey: step.idempotencyKey,
      attempt,
      labels: labelsOf(run.scope),
      secrets: this.secrets,
      report: (line: string) => {
        progress.report(line);
      },
    };
    try {
      return await withinTime(step.template.timeoutSeconds, (signal) => work({ ...context, signal }), {
        ...(cancel !== null && { cancelled: cancel.signal }),
      });
    } finally {
      cancel?.done();
      stopClock();
      await progress.settle();
    }
  }

  /** What may be used to find out what a step is about to leave behind. */
  lookingFor(run: Run, step: StepRun): Pick<ActionContext, 'idempotencyKey' | 'labels' | 'secrets'> {
    return { idempotencyKey: step.idempotencyKey, labels: labelsOf(run.scope), secrets: this.secrets };
  }

  /** A step run came to its end. */
  count(step: StepRun, verb: EffectVerb, outcome: 'succeeded' | 'failed'): void {
    this.metrics.steps.inc({ action: step.action, verb, outcome });
  }
}
