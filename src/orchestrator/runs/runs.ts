import { Injectable } from '@nestjs/common';
import { Expressions, type StepTemplate } from '../../catalog/index.js';
import type { SubjectRef } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Ids, type JsonObject } from '../../shared/index.js';
import type { Facts } from '../action.js';
import { outputsOf, type Run, type StepRun } from './run.js';
import { RunStore, type StepInsert } from './run.store.js';
import { type Attempt, type SaidLine, StepTalkStore } from './step-talk.store.js';
import { unfoldSteps } from './unfold-steps.js';

export interface NewRun {
  readonly subject: SubjectRef;
  readonly kind: 'apply' | 'step' | 'operate';
  readonly steps: readonly StepTemplate[];
  /** What expressions see: `params`, `request`, `resource`, `incident`, and `steps` of an earlier run where there is one. */
  readonly scope: JsonObject;
  readonly traceId: string;
  readonly onFailure?: 'undo' | 'keep';
}

export interface NewReconcile {
  readonly of: string;
  readonly subject: SubjectRef;
  readonly traceId: string;
  /** By the position of the step; without facts it is made again. */
  readonly repairs: readonly { readonly position: number; readonly facts: Facts | null }[];
}

/** Makes runs and reads them. Whoever makes one also enqueues or calls the workflow `execute-run` for it. */
@Injectable()
export class Runs {
  constructor(
    private readonly store: RunStore,
    private readonly talk: StepTalkStore,
    private readonly expressions: Expressions,
    private readonly ids: Ids,
  ) {}

  /** Answers the run's id. */
  async create(tx: Tx, { steps, ...run }: NewRun): Promise<string> {
    const id = this.ids.next('run');
    const rows = unfoldSteps(steps, run.scope, this.expressions).map((template) => ({
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
    {
      of,
      kind,
      subject,
      traceId,
      later = [],
      only,
    }: {
      of: string;
      /** Runs that changed it afterwards, oldest first: they are taken back before. */
      later?: readonly string[];
      /** Positions of its steps; by default all that left something. */
      only?: ReadonlySet<number>;
      kind: 'destroy' | 'rollback';
      subject: SubjectRef;
      traceId: string;
    },
  ): Promise<string> {
    const id = this.ids.next('run');
    const { steps, scope } = await this.store.get(of, tx);
    const after = await Promise.all(later.map((one) => this.store.get(one, tx)));
    // What an upgrade found alive is in the run that made it.
    const own = after
      .flatMap((run) => run.steps)
      .filter(({ template: { was, gone } }) => was === undefined && gone !== true);
    const all = [...steps, ...own];
    const isLeft = ({ position, state }: StepRun) => only?.has(position) ?? state !== 'compensated';
    const left = all.filter((step) => step.actionState !== null && isLeft(step)).reverse();
    const rows = left.map(({ name, title, action, template, actionState }) => {
      return { name, title, action, template, actionState };
    });
    await this.store.insert(tx, { id, subject, kind, scope, traceId }, rows);
    return id;
  }

  /**
   * A run that goes on where another one failed: what was made stays, checks before it are made again, the step that failed finds
   * what it left half made by its old key.
   */
  async createContinuation(tx: Tx, { of, traceId }: { of: string; traceId: string }): Promise<string> {
    const id = this.ids.next('run');
    const { steps, scope, subject, onFailure } = await this.store.get(of, tx);
    const rows = steps.map(({ template, ...step }): StepInsert => {
      const { name, title, action, actionState, output, idempotencyKey } = step;
      const what = { name, title, action, template };
      if (step.state === 'succeeded' && template.phase !== 'pre-check')
        return { ...what, state: 'succeeded', actionState, output, idempotencyKey };
      return actionState === null ? { ...what, actionState } : { ...what, actionState, idempotencyKey };
    });
    await this.store.insert(tx, { id, kind: 'apply', subject, scope, traceId, onFailure, continuesRunId: of }, rows);
    return id;
  }

  /** A run that makes again what is missing of what another one made, and brings back facts that were changed. */
  async createReconcile(tx: Tx, { of, subject, traceId, repairs }: NewReconcile): Promise<string> {
    const id = this.ids.next('run');
    const { steps, scope } = await this.store.get(of, tx);
    const rows = repairs.flatMap(({ position, facts }): StepInsert[] => {
      const step = steps[position];
      if (step === undefined) return [];
      const { name, title, action, template, actionState, idempotencyKey } = step;
      const mending = facts === null ? template : { ...template, mend: facts };
      return [{ name, title, action, template: mending, actionState, idempotencyKey }];
    });
    const known = { ...scope, steps: outputsOf(steps) };
    await this.store.insert(tx, { id, kind: 'reconcile', subject, scope: known, traceId, onFailure: 'keep' }, rows);
    return id;
  }

  /** Asks a run to stop: the step at work is told, what was made is taken back. False when it is too late for that. */
  cancel(tx: Tx, id: string, by: string): Promise<boolean> {
    return this.store.cancel(tx, id, by);
  }

  /** What its steps said, oldest first: redacted when it was written. */
  output(id: string): Promise<SaidLine[]> {
    return this.talk.output(id);
  }

  /** How each attempt of its steps ended, oldest first. */
  attempts(id: string): Promise<Attempt[]> {
    return this.talk.attempts(id);
  }

  /** All runs about one of these, oldest first. */
  runsOf(subjects: readonly SubjectRef[]): Promise<string[]> {
    return this.store.runsOf(subjects);
  }

  /** What was done to a living resource, oldest first. */
  operationsOn(resourceId: string): Promise<string[]> {
    return this.store.operationsOn(resourceId);
  }

  find(id: string): Promise<Run | null> {
    return this.store.find(id);
  }

  /** @throws UnknownRun */
  get(id: string): Promise<Run> {
    return this.store.get(id);
  }
}
