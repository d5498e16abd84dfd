import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, Expressions, UnknownItem } from '../catalog/index.js';
import { Logger } from '../platform/logging/index.js';
import { RequestProgress, type RequestRecord, Requests, requestScope } from '../requests/index.js';
import { Resources } from '../resources/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import { explainFailure, explainTrouble, leftBehind, titles } from './explain-failure.js';
import { LeftoverReport } from './leftover-report.js';
import { outputsOf, type Run, Runs } from './runs/index.js';

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
      return this.runs.create(tx, { subject, kind: 'apply', steps: item.steps, scope: scopeOf(request), traceId });
    });
  }

  /** Ready, with the resource active in the same transaction; or failed, explained. */
  async conclude(requestId: string, runId: string): Promise<void> {
    const [request, run] = [await this.requests.get(requestId), await this.runs.get(runId)];
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    if (run.state !== 'succeeded') {
      const left = leftBehind(run);
      if (left.length > 0) await this.leftovers.send(request, run, item?.owner, `${titles(left)} could not be undone.`);
      return this.progress.markFailed(requestId, explainFailure(run));
    }
    const made = { outputs: this.outputsOf(item, request, run), secretRef: secretRefOf(run), runId };
    await this.progress.markReady(requestId, (tx) => this.resources.activate(tx, request.resourceId, made));
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

/** By convention a step whose output is called `secretRef` made the credentials of the resource. */
function secretRefOf(run: Run): string | null {
  return run.steps.map((step) => step.output?.secretRef).find((ref) => typeof ref === 'string') ?? null;
}

function scopeOf(request: RequestRecord): JsonObject {
  return { params: request.parameters, request: requestScope(request), resource: { id: request.resourceId } };
}
