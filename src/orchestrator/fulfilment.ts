import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, Expressions, UnknownItem } from '../catalog/index.js';
import { Logger } from '../platform/logging/index.js';
import { RequestProgress, type RequestRecord, Requests } from '../requests/index.js';
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
import { RequestRuns, scopeOf } from './request-runs.js';
import { outputsOf, type Run, Runs } from './runs/index.js';
import { RunTurns } from './turns/index.js';

/** How long what a failed run made is kept for inspection. */
const KEPT_HOURS = 24;

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
    private readonly control: RequestRuns,
    private readonly turns: RunTurns,
    private readonly leftovers: LeftoverReport,
    private readonly logger: Logger,
  ) {}

  /**
   * Makes the run, once, and puts it in line. Answers it if its turn is now; null when it is performed later, or not at all.
   * @throws UnknownItem when the version is gone
   */
  async begin(requestId: string): Promise<string | null> {
    const runId = await this.progress.startProvisioning(requestId, async (tx, request) => {
      const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
      if (item === null) throw new UnknownItem(request.itemName, []);
      return this.control.begin(tx, request, item);
    });
    return runId !== null && (await this.turns.isAtWork(runId)) ? runId : null;
  }

  /** Ready, with the resource active in the same transaction; or halted, cancelled or failed, explained. */
  async conclude(requestId: string, runId: string): Promise<void> {
    await this.turns.giveBack(runId);
    const [request, run] = [await this.requests.get(requestId), await this.runs.get(runId)];
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    if (run.kind === 'rollback' || run.state !== 'succeeded') return this.concludeBadly(request, run, item?.owner);
    const made = { outputs: this.outputsOf(item, request, run), secretRef: secretRefOf(run), runId };
    await this.progress.markReady(requestId, (tx) => this.resources.activate(tx, request.resourceId, made));
  }

  private async concludeBadly(request: RequestRecord, run: Run, owner: string | undefined): Promise<void> {
    const left = leftBehind(run);
    if (left.length > 0) await this.leftovers.send(request, run, owner, `${titles(left)} could not be undone.`);
    const { id } = request;
    if (run.kind === 'rollback') return this.progress.markFailed(id, explainRollback(run, request.failure));
    if (run.state === 'cancelled') return this.progress.markCancelled(id, explainCancel(run));
    if (isKept(run)) return this.progress.markHalted(id, run.id, explainHalt(run, KEPT_HOURS), KEPT_HOURS);
    return this.progress.markFailed(id, explainFailure(run));
  }

  /** Something outside of the steps went wrong: the request fails visibly, with what is known. */
  async giveUp(requestId: string, error: unknown): Promise<void> {
    this.logger.error('A request could not be brought to its end', error, { requestId });
    const request = await this.requests.get(requestId);
    const run = request.runId === null ? null : await this.runs.find(request.runId);
    if (run !== null) await this.turns.giveBack(run.id);
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
