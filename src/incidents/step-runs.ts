import { Injectable } from '@nestjs/common';
import type { StepTemplate } from '../catalog/index.js';
import { Runs } from '../orchestrator/index.js';
import { Notices } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import { NoPlaybook } from './incidents.errors.js';
import type { StoredStep } from './playbook.store.js';
import type { StepContext } from './step-context.js';

/** One repeat is enough: somebody watches, and can press the button again. */
const RETRY: StepTemplate['retry'] = { attempts: 2, backoffSeconds: 1 };

export interface RunOutcome {
  readonly ok: boolean;
  readonly output: JsonObject | null;
  /** A sentence for people; null when it worked. */
  readonly failure: string | null;
}

/** A playbook's steps in the engine of provisioning: each attempt is a run of one step. */
@Injectable()
export class StepRuns {
  constructor(
    private readonly runs: Runs,
    private readonly notices: Notices,
  ) {}

  /** Answers the run's id. What it may see was fixed when the step was clicked. */
  create(tx: Tx, { incident, template }: StepContext, step: StoredStep): Promise<string> {
    if (template.kind === 'manual') throw new NoPlaybook();
    const { name, title, action, with: input, timeoutSeconds } = template;
    return this.runs.create(tx, {
      subject: { kind: 'incident', id: incident.id },
      kind: 'step',
      steps: [{ name, title, action, with: input, timeoutSeconds, retry: RETRY }],
      scope: step.scope ?? {},
      traceId: incident.traceId,
    });
  }

  /** A run that takes back, from the state it recorded, what the step's last run did. */
  createRollback(tx: Tx, { incident }: StepContext, step: StoredStep): Promise<string> {
    return this.runs.createReverse(tx, {
      of: step.runId ?? '',
      kind: 'rollback',
      subject: { kind: 'incident', id: incident.id },
      traceId: incident.traceId,
    });
  }

  async outcome(runId: string): Promise<RunOutcome> {
    const { state, steps } = await this.runs.get(runId);
    const failure = steps.find((step) => step.failure !== null)?.failure?.sentence ?? 'It ended without saying why.';
    return {
      ok: state === 'succeeded',
      output: steps[0]?.output ?? null,
      failure: state === 'succeeded' ? null : failure,
    };
  }

  /** What a run gave, for the expressions of later steps; null when it gave nothing. */
  async outputOf(runId: string): Promise<JsonObject | null> {
    return (await this.outcome(runId)).output;
  }

  /** Puts what a step found or did where the incident is talked about. */
  async postOutput(tx: Tx, { incident, step }: StepContext, { output }: RunOutcome): Promise<void> {
    if (output === null) return;
    await this.notices.post(tx, {
      key: `step-output:${step.playbookId}:${step.name}:${step.attempt}`,
      to: { kind: 'thread', subject: { kind: 'incident', id: incident.id } },
      template: 'step-output',
      data: { title: step.title, text: outputWords(output) },
    });
  }
}

/** A single text as it is, anything else as `name: value` lines. */
export function outputWords(output: JsonObject): string {
  const entries = Object.entries(output);
  const [only] = entries;
  if (entries.length === 1 && typeof only?.[1] === 'string') return only[1];
  return entries.map(([name, value]) => `${name}: ${valueWords(value)}`).join('\n');
}

function valueWords(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
