import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, Expressions } from '../catalog/index.js';
import type { Tx } from '../platform/database/index.js';
import { type RequestRecord, RunControl, requestScope } from '../requests/index.js';
import type { JsonObject } from '../shared/index.js';
import { Runs } from './runs/index.js';
import { RunTurns } from './turns/index.js';

/** The runs of a request: made, performed in their turn, stopped, gone on with and taken back. Binds the requests' port. */
@Injectable()
export class RequestRuns extends RunControl {
  constructor(
    private readonly runs: Runs,
    private readonly turns: RunTurns,
    private readonly catalog: Catalog,
    private readonly expressions: Expressions,
  ) {
    super();
  }

  /** The request's first run, put in line; the caller performs it if its turn is now. */
  async begin(tx: Tx, request: RequestRecord, item: CatalogItem): Promise<string> {
    const subject = { kind: 'request' as const, id: request.id };
    const { steps, onFailure = 'undo' } = item;
    const run = { subject, steps, scope: scopeOf(request), traceId: request.traceId, onFailure };
    const runId = await this.runs.create(tx, { ...run, kind: 'apply' });
    await this.line(tx, request, runId, item, true);
    return runId;
  }

  cancel(tx: Tx, runId: string, by: string): Promise<boolean> {
    return this.runs.cancel(tx, runId, by);
  }

  goOn(tx: Tx, request: RequestRecord): Promise<string> {
    return this.runs.createContinuation(tx, { of: runOf(request), traceId: request.traceId });
  }

  rollBack(tx: Tx, request: RequestRecord): Promise<string> {
    const { id, traceId } = request;
    const subject = { kind: 'request' as const, id };
    return this.runs.createReverse(tx, { of: runOf(request), kind: 'rollback', subject, traceId });
  }

  async perform(tx: Tx, request: RequestRecord, runId: string): Promise<void> {
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    await this.line(tx, request, runId, item, false);
  }

  private async line(
    tx: Tx,
    request: RequestRecord,
    runId: string,
    item: CatalogItem | null,
    inPerson: boolean,
  ): Promise<void> {
    const { id: requestId, teamId, environment, requesterId: ownerId, itemName: title } = request;
    const target = item === null ? null : this.targetOf(item, request);
    await this.turns.ask(tx, { runId, requestId, teamId, environment, ownerId, title, target }, { inPerson });
  }

  private targetOf({ name, concurrency }: CatalogItem, request: RequestRecord): { name: string; limit: number } | null {
    if (concurrency === undefined) return null;
    const { limit, target } = concurrency;
    const said = target === undefined ? name : this.expressions.evaluate(target, scopeOf(request));
    return { name: typeof said === 'string' ? said : JSON.stringify(said), limit };
  }
}

/** What the expressions of an item's steps see. */
export function scopeOf(request: RequestRecord): JsonObject {
  return { params: request.parameters, request: requestScope(request), resource: { id: request.resourceId } };
}

function runOf({ id, runId }: RequestRecord): string {
  if (runId === null) throw new Error(`Request ${id} has no run.`);
  return runId;
}
