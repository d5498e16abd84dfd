import { Injectable } from '@nestjs/common';
import { Notices, type SubjectRef } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import { type Run, type Said, type StepRun, StepTalkStore, type Talked } from '../runs/index.js';

/** So many lines are one message. */
const LINES_A_MESSAGE = 40;
/** Of one step; the last one is for its end. The rest is in the log. */
const MOST_MESSAGES = 8;
/** Of a step that has ended with fewer, they are on the card anyhow. */
const LEAST_LINES = 3;
/** Who prints slowly is heard after so long, and twice as long after each message. */
const SILENCE_SECONDS = 15;

/**
 * Says what a step of a request, or of an operation on what it made, prints in the thread of the request's card: while it runs a
 * message for every forty lines, or what there is after a while; and the rest when it ends.
 */
@Injectable()
export class OutputTalk {
  constructor(
    private readonly store: StepTalkStore,
    private readonly notices: Notices,
  ) {}

  async whileItRuns(tx: Tx, run: Run, step: StepRun, { said, told, times, silentSeconds }: Talked): Promise<void> {
    let [from, message] = [told, times];
    while (message < MOST_MESSAGES - 1 && said - from >= LINES_A_MESSAGE) {
      await this.say(tx, run, step, { from, message });
      [from, message] = [from + LINES_A_MESSAGE, message + 1];
    }
    const isLong = silentSeconds >= SILENCE_SECONDS * 2 ** times;
    if (message === times && message < MOST_MESSAGES - 1 && said > from && isLong)
      await this.say(tx, run, step, { from, message });
  }

  async atItsEnd(tx: Tx, run: Run, step: StepRun, { said, told, times }: Said): Promise<void> {
    const isWorthIt = said > told && (told > 0 || said >= LEAST_LINES);
    if (isWorthIt && times < MOST_MESSAGES)
      await this.say(tx, run, step, { from: told, message: times, isLast: said - told > LINES_A_MESSAGE });
  }

  private async say(
    tx: Tx,
    run: Run,
    step: StepRun,
    { from, message, isLast = false }: { from: number; message: number; isLast?: boolean },
  ): Promise<void> {
    const subject = await this.threadOf(tx, run);
    const lines = await this.store.linesOf(tx, run.id, step.position, from, LINES_A_MESSAGE);
    if (subject === null || lines.length === 0) return;
    await this.store.tell(tx, run.id, step.position, from + lines.length);
    const more = isLast ? ['… the rest is in the log: press “Full log” on the card.'] : [];
    await this.notices.post(tx, {
      key: `step-output:${run.id}:${step.position}:${message}`,
      to: { kind: 'thread', subject },
      template: 'step-output',
      data: { title: step.title, text: [...lines, ...more].join('\n') },
    });
  }

  /** What is done to a resource is said where it was requested. */
  private async threadOf(tx: Tx, { subject }: Run): Promise<SubjectRef | null> {
    if (subject.kind === 'request') return subject;
    if (subject.kind !== 'resource') return null;
    const id = await this.store.requestOf(tx, subject.id);
    return id === null ? null : { kind: 'request', id };
  }
}
