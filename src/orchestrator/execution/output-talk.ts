import { Injectable } from '@nestjs/common';
import { Notices } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import { type Run, RunStore, type StepRun } from '../runs/index.js';

/** So many lines are one message. */
const LINES_A_MESSAGE = 40;
/** Of one step. The rest is in the log. */
const MOST_MESSAGES = 8;
/** Fewer are on the card anyhow. */
const LEAST_LINES = 3;

/** Says what a step of a request prints in the thread of its card: a message for every forty lines, and the rest when it ends. */
@Injectable()
export class OutputTalk {
  constructor(
    private readonly store: RunStore,
    private readonly notices: Notices,
  ) {}

  /** After the step had said `before` lines, and now `said`. */
  async whileItRuns(tx: Tx, run: Run, step: StepRun, before: number, said: number): Promise<void> {
    const first = Math.floor(before / LINES_A_MESSAGE);
    const last = Math.min(Math.floor(said / LINES_A_MESSAGE), MOST_MESSAGES);
    for (let message = first; message < last; message += 1) await this.say(tx, run, step, message, `${message}`);
  }

  async atItsEnd(tx: Tx, run: Run, step: StepRun): Promise<void> {
    if (run.subject.kind !== 'request') return;
    const said = await this.store.linesSaid(tx, run.id, step.position);
    const message = Math.floor(said / LINES_A_MESSAGE);
    const isWorthIt = said >= LEAST_LINES && said % LINES_A_MESSAGE > 0;
    if (isWorthIt && message < MOST_MESSAGES) await this.say(tx, run, step, message, 'end');
  }

  private async say(tx: Tx, run: Run, step: StepRun, message: number, name: string): Promise<void> {
    if (run.subject.kind !== 'request') return;
    const from = message * LINES_A_MESSAGE;
    const lines = await this.store.linesOf(tx, run.id, step.position, from, LINES_A_MESSAGE);
    if (lines.length === 0) return;
    const more = message === MOST_MESSAGES - 1 ? ['… the rest is in the log: press “Full log” on the card.'] : [];
    await this.notices.post(tx, {
      key: `step-output:${run.id}:${step.position}:${name}`,
      to: { kind: 'thread', subject: run.subject },
      template: 'step-output',
      data: { title: step.title, text: [...lines, ...more].join('\n') },
    });
  }
}
