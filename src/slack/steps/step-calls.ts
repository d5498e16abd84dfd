import type { z } from 'zod';
import { ActionFailed } from '../../orchestrator/index.js';
import { pauseFor } from '../../platform/http-client/index.js';
import { AppError } from '../../shared/index.js';
import type { SharedLanes } from '../cards/shared-lanes.js';
import type { SlackClient } from '../web/slack-client.js';
import { isUnknownOutcome, neededScope, retryAfterSeconds, slackCode } from '../web/slack-errors.js';
import { SlackSaidNo } from './slack-said-no.js';

const MAX_WAITS = 3;
const LONGEST_WAIT_SECONDS = 30;
const TURN_MILLISECONDS = 250;

type Args = Record<string, unknown>;

/** The calls of one verb of a step: waits as Slack asks as long as the step has time, and says no in plain words. */
export class StepCalls {
  constructor(
    private readonly client: SlackClient,
    private readonly lanes: SharedLanes,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws ActionFailed */
  async call<S extends z.ZodType>(method: string, args: Args, answer: S): Promise<z.output<S>> {
    return answer.parse(await this.patiently(method, () => this.client.apiCall(method, args)));
  }

  /** The same for what writes in a channel, when it is its turn: Slack takes one message a second, whoever of us sends it. */
  async callInTurn<S extends z.ZodType>(
    method: string,
    args: Args & { channel: string },
    answer: S,
  ): Promise<z.output<S>> {
    const { channel } = args;
    while (!(await this.lanes.take(channel))) await this.pause(TURN_MILLISECONDS);
    return answer.parse(await this.patiently(method, () => this.client.apiCall(method, args), channel));
  }

  /** Of what asks Slack by itself. @throws ActionFailed */
  ask<T>(method: string, question: () => Promise<T>): Promise<T> {
    return this.patiently(method, question);
  }

  /** Null when Slack answers with one of these words. */
  async unless<T>(words: readonly string[], call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof SlackSaidNo && words.includes(error.word)) return null;
      throw error;
    }
  }

  /** Joins a public channel when Slack says that the bot is not in it. */
  async inside<T>(channel: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SlackSaidNo) || error.word !== 'not_in_channel') throw error;
      const join = () => this.client.conversations.join({ channel });
      if ((await this.unless(PRIVATE, () => this.patiently('conversations.join', join))) === null) throw error;
      return call();
    }
  }

  private async patiently<T>(method: string, call: () => Promise<T>, lane?: string): Promise<T> {
    for (let waits = 0; ; waits += 1) {
      if (this.signal.aborted) throw outOfTime();
      try {
        return await call();
      } catch (error) {
        const seconds = retryAfterSeconds(error);
        if (seconds === undefined) throw translated(error);
        if (lane !== undefined) await this.lanes.hold(lane, seconds);
        if (waits === MAX_WAITS || seconds > LONGEST_WAIT_SECONDS)
          throw new ActionFailed(
            `Slack has had too many calls of ${method} and asks to wait ${seconds} seconds. What was done is kept; try again then.`,
            true,
            { cause: error },
          );
        await this.pause(seconds * 1000);
      }
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    try {
      await pauseFor(milliseconds, this.signal);
    } catch (cause) {
      throw outOfTime(cause);
    }
  }
}

function outOfTime(cause?: unknown): ActionFailed {
  return new ActionFailed('The time of this step is up, while it still works in Slack.', true, { cause });
}

const PRIVATE = ['method_not_supported_for_channel_type', 'channel_not_found', 'is_archived'];

function translated(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const word = slackCode(error);
  if (word === undefined || isUnknownOutcome(error))
    return new ActionFailed('Slack gave no answer. It is looked for again before anything is made twice.', true, {
      cause: error,
    });
  return new SlackSaidNo(word, neededScope(error), { cause: error });
}
