import { Injectable } from '@nestjs/common';
import type { StepTemplate } from '../../catalog/index.js';
import type { SubjectRef } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Ids, type JsonObject } from '../../shared/index.js';
import type { Run } from './run.js';
import { RunStore } from './run.store.js';

export interface NewRun {
  readonly subject: SubjectRef;
  readonly kind: 'apply' | 'step';
  readonly steps: readonly StepTemplate[];
  /** What expressions see: `params`, `request`, `resource`, `incident`, and `steps` of an earlier run where there is one. */
  readonly scope: JsonObject;
  readonly traceId: string;
}

/** Makes runs and reads them. Whoever makes one also enqueues or calls the workflow `execute-run` for it. */
@Injectable()
export class Runs {
  constructor(
    private readonly store: RunStore,
    private readonly ids: Ids,
  ) {}

  /** Answers the run's id. */
  async create(tx: Tx, { steps, ...run }: NewRun): Promise<string> {
    const id = this.ids.next('run');
    const rows = steps.map((template) => ({
      name: template.name,
      title: template.title,
      action: template.action,
      template,
      actionState: null,
    }));
    await this.store.insert(tx, { id, ...run }, rows);
    return id;
  }

  /** A run that takes back, in reverse order, what another one made. */
  async createReverse(
    tx: Tx,
    { of, kind, subject, traceId }: { of: string; kind: 'destroy' | 'rollback'; subject: SubjectRef; traceId: string },
  ): Promise<string> {
    const id = this.ids.next('run');
    const { steps, scope } = await this.store.get(of, tx);
    const left = steps.filter((step) => step.actionState !== null && step.state !== 'compensated').reverse();
    await this.store.insert(tx, { id, subject, kind, scope, traceId }, left);
    return id;
  }

  find(id: string): Promise<Run | null> {
    return this.store.find(id);
  }

  /** @throws UnknownRun */
  get(id: string): Promise<Run> {
    return this.store.get(id);
  }
}
