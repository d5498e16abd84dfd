import type { Pause } from '../../../platform/http-client/index.js';
import type { JsonObject } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';
import { at, type ObjectRef, textAt, title } from './cluster-object.js';
import type { ClusterThings } from './cluster-things.js';
import { Evidence } from './evidence.js';
import type { Trouble } from './pod-trouble.js';
import { readinessOf } from './readiness.js';

const EVERY_MILLISECONDS = 1_500;
/** What is lasting has to be seen so often in a row: a registry may stumble. */
const LOOKS_UNTIL_BELIEVED = 4;

export interface Waited {
  readonly ref: ObjectRef;
  readonly condition?: string | undefined;
}

export interface Patience {
  readonly seconds: number;
  readonly pause: Pause;
  readonly signal: AbortSignal;
  /** Without secrets. */
  readonly report: (line: string) => void;
}

/** Waits for things to become ready, and says why when they don't. */
export class ReadinessWatch {
  private readonly evidence: Evidence;
  private waitedMilliseconds = 0;

  constructor(
    private readonly things: ClusterThings,
    private readonly patience: Patience,
  ) {
    this.evidence = new Evidence(things, things.client, patience.signal);
  }

  /** All of them, one after another, within the time for all. @throws ActionFailed with the reason */
  async untilReady(all: readonly Waited[]): Promise<void> {
    for (const waited of all) await this.untilOneReady(waited);
  }

  private async untilOneReady({ ref, condition }: Waited): Promise<void> {
    let told = '';
    let seen = 0;
    for (;;) {
      const living = await this.things.find(ref);
      if (living === null) throw new ActionFailed(`${title(ref)} was taken away while it was waited for.`, false);
      const { is, why } = readinessOf(living, condition);
      if (is === 'ready') return;
      const trouble = await this.evidence.trouble(ref, living);
      seen = trouble?.lasting === true ? seen + 1 : 0;
      if (is === 'failed' || seen >= LOOKS_UNTIL_BELIEVED) throw await this.failure(ref, why, trouble, false);
      const line = `${title(ref)}: ${why}${trouble === null ? '' : `; ${trouble.why}`}`;
      if (line !== told) this.patience.report(line);
      told = line;
      if (this.waitedMilliseconds >= this.patience.seconds * 1000) throw await this.failure(ref, why, trouble, true);
      await this.rest(ref);
    }
  }

  /** @throws ActionFailed when it does not go */
  async untilGone(ref: ObjectRef, uid: string): Promise<void> {
    for (;;) {
      const living = await this.things.find(ref);
      if (living === null || textAt(living, 'metadata', 'uid') !== uid) return;
      if (this.waitedMilliseconds >= this.patience.seconds * 1000)
        throw new ActionFailed(
          `${title(ref)} is ending, but not gone after ${this.patience.seconds} seconds${held(living)}.`,
          true,
        );
      this.patience.report(`${title(ref)} is ending${held(living)}`);
      await this.rest(ref);
    }
  }

  private async rest(ref: ObjectRef): Promise<void> {
    this.waitedMilliseconds += EVERY_MILLISECONDS;
    try {
      await this.patience.pause(EVERY_MILLISECONDS, this.patience.signal);
    } catch (cause) {
      throw new ActionFailed(`It was stopped while waiting for ${title(ref)}.`, true, { cause });
    }
  }

  private async failure(
    ref: ObjectRef,
    why: string,
    trouble: Trouble | null,
    retryable: boolean,
  ): Promise<ActionFailed> {
    const { report, seconds } = this.patience;
    for (const line of await this.evidence.warnings(ref)) report(`${title(ref)}: ${line}`);
    const log = trouble === null ? [] : await this.evidence.log(trouble, ref.namespace);
    for (const line of log) report(`${trouble?.container?.pod ?? ref.name} | ${line}`);
    const inTime = retryable ? `is not ready after ${seconds} seconds (${why})` : `does not get ready (${why})`;
    const reason = trouble === null ? '' : `: ${trouble.why.replace(/\.$/, '')}`;
    const last = log.at(-1);
    const said = last === undefined ? '' : ` Its last words: ${last.trim().slice(0, 200)}`;
    return new ActionFailed(`${title(ref)} ${inTime}${reason}.${said}`, retryable);
  }
}

/** What keeps an ending thing from being gone. */
function held(living: JsonObject): string {
  const finalizers = at(living, 'metadata', 'finalizers');
  const names = Array.isArray(finalizers) ? finalizers.filter((name) => typeof name === 'string') : [];
  const waits = names.filter((name) => name !== 'foregroundDeletion');
  return waits.length === 0 ? '' : `; it waits for ${waits.join(', ')}`;
}
