import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, Expressions, UnknownItem } from '../catalog/index.js';
import { Logger } from '../platform/logging/index.js';
import { RequestProgress, type RequestRecord, Requests, RunControl, requestScope } from '../requests/index.js';
import { Resources } from '../resources/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import {
  explainCancel,
  explainFailure,
  explainHalt,
  explainRollback,
  explainTrouble,
  leftBehind,
  titles,
} from './explain-failure.js';
import { LeftoverReport } from './leftover-report.js';
import { outputsOf, type Run, Runs } from './runs/index.js';

/** How long what a failed run made is kept for inspection. */
const KEPT_HOURS = 24;

/** It is rolled back then, if nobody goes on with it before. */
export interface Halt {
  readonly untilMilliseconds: number;
}

/** What the workflow of a request does once it may: every method is a station, and may be repeated. */
@Injectable()
export class Fulfilment {
  constructor(
    private readonly requests: Requests,
    private readonly progress: RequestProgress,
    private readonly catalog: Catalog,
    private readonly resources: Resources,
    private readonly expressions: Expressions,
    private readonly runs: Runs,
    private readonly control: RunControl,
    private readonly leftovers: LeftoverReport,
    private readonly logger: Logger,
  ) {}

  /** Makes the run, once. Null when the request is not to be fulfilled any more. @throws UnknownItem when the version is gone */
  async begin(requestId: string): Promise<string | null> {
    return this.progress.startProvisioning(requestId, async (tx, request) => {
      const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
      if (item === null) throw new UnknownItem(request.itemName, []);
      const subject = { kind: 'request' as const, id: request.id };
      const { traceId } = request;
      const { steps, onFailure = 'undo' } = item;
      return this.runs.create(tx, { subject, kind: 'apply', steps, scope: scopeOf(request), traceId, onFailure });
    });
  }

  /** Ready, with the resource active in the same transaction; or halted, cancelled or failed, explained. */
  async conclude(requestId: string, runId: string): Promise<Halt | null> {
    const [request, run] = [await this.requests.get(requestId), await this.runs.get(runId)];
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    if (run.kind === 'rollback' || run.state !== 'succeeded') return this.concludeBadly(request, run, item?.owner);
    const made = { outputs: this.outputsOf(item, request, run), secretRef: secretRefOf(run), runId };
    await this.progress.markReady(requestId, (tx) => this.resources.activate(tx, request.resourceId, made));
    return null;
  }

  /** The run with which a halted request goes on: what somebody chose, else one that takes back what was made. */
  async resumed(requestId: string, haltedRunId: string): Promise<string | null> {
    return this.progress.resumed(requestId, haltedRunId, (tx, request) => this.control.rollBack(tx, request));
  }

  private async concludeBadly(request: RequestRecord, run: Run, owner: string | undefined): Promise<Halt | null> {
    const left = leftBehind(run);
    if (left.length > 0) await this.leftovers.send(request, run, owner, `${titles(left)} could not be undone.`);
    if (run.kind === 'rollback') await this.progress.markFailed(request.id, explainRollback(run, request.failure));
    else if (run.state === 'cancelled') await this.progress.markCancelled(request.id, explainCancel(run));
    else if (isKept(run)) {
      const until = await this.progress.markHalted(request.id, run.id, explainHalt(run, KEPT_HOURS), KEPT_HOURS);
      return { untilMilliseconds: until.getTime() };
    } else await this.progress.markFailed(request.id, explainFailure(run));
    return null;
  }

  /** Something outside of the steps went wrong: the request fails visibly, with what is known. */
  async giveUp(requestId: string, error: unknown): Promise<void> {
    this.logger.error('A request could not be brought to its end', error, { requestId });
    const request = await this.requests.get(requestId);
    const run = request.runId === null ? null : await this.runs.find(request.runId);
    await this.progress.markFailed(requestId, explainTrouble(error, run));
  }

  /** One that can't be evaluated is left out: what was made works all the same. */
  private outputsOf(item: CatalogItem | null, request: RequestRecord, run: Run): JsonObject {
    const scope = { ...scopeOf(request), steps: outputsOf(run.steps) };
    const outputs = Object.entries(item?.outputs ?? {}).flatMap(([name, expression]): [string, Json][] => {
      try {
        return [[name, this.expressions.evaluate(expression, scope)]];
      } catch (error) {
        this.logger.error('An output of a catalog item could not be evaluated', error, {
          item: request.itemName,
          output: name,
        });
        return [];
      }
    });
    return Object.fromEntries(outputs);
  }
}

/** Whether something was made that somebody wants to look at. */
function isKept({ onFailure, steps }: Run): boolean {
  return onFailure === 'keep' && steps.some(({ actionState }) => actionState !== null);
}

/** By convention a step whose output is called `secretRef` made the credentials of the resource. */
function secretRefOf(run: Run): string | null {
  return run.steps.map((step) => step.output?.secretRef).find((ref) => typeof ref === 'string') ?? null;
}

function scopeOf(request: RequestRecord): JsonObject {
  return { params: request.parameters, request: requestScope(request), resource: { id: request.resourceId } };
}
