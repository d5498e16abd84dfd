import { Injectable } from '@nestjs/common';
import { Catalog, type IncidentScope, type ResourceScope, type Runbook, type RunbookStep } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Policy, type PolicyDecision } from '../policy/index.js';
import type { Resource } from '../resources/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { factsOf, IncidentAccess } from './incident-access.js';
import { NoPlaybook } from './incidents.errors.js';
import { type PlaybookHead, PlaybookStore, type StoredStep } from './playbook.store.js';
import { StepRuns } from './step-runs.js';

/** Everything a step is about, read together. */
export interface StepContext {
  readonly incident: Incident;
  readonly playbook: PlaybookHead;
  readonly step: StoredStep;
  readonly runbook: Runbook;
  /** The step as the pinned version of the runbook has it. */
  readonly template: RunbookStep;
  readonly resource: Resource | null;
}

@Injectable()
export class StepContexts {
  constructor(
    private readonly incidents: IncidentStore,
    private readonly playbooks: PlaybookStore,
    private readonly catalog: Catalog,
    private readonly access: IncidentAccess,
    private readonly policy: Policy,
    private readonly runs: StepRuns,
  ) {}

  /** @throws NoPlaybook */
  async get(playbookId: string, stepName: string): Promise<StepContext> {
    const playbook = await this.playbooks.get(playbookId);
    const [step, incident, runbook] = await Promise.all([
      this.playbooks.step(playbookId, stepName),
      this.incidents.get(playbook.incidentId),
      this.catalog.findRunbookVersion(playbook.runbookName, playbook.runbookDigest),
    ]);
    const template = runbook?.steps.find(({ name }) => name === stepName);
    if (runbook === null || template === undefined) throw new NoPlaybook();
    return { incident, playbook, step, runbook, template, resource: await this.access.affected(incident) };
  }

  /** Whether this person may run the step, at this moment. */
  decide({ runbook, template, resource }: StepContext, person: Person): PolicyDecision {
    const facts = resource === null ? {} : { resource: factsOf(resource) };
    return this.policy.decidePlaybookStep({ person, runbook, step: template, ...facts });
  }

  /** What the step's expressions may see: the resource, the incident and what earlier steps gave. */
  async scopeOf({ incident, resource, playbook, step }: StepContext): Promise<JsonObject> {
    return {
      incident: { ...incidentScope(incident) },
      ...(resource !== null && { resource: { ...resourceScope(resource) } as JsonObject }),
      steps: await this.outputs(playbook.id, step.name),
    };
  }

  private async outputs(playbookId: string, before: string): Promise<JsonObject> {
    const all = await this.playbooks.steps(playbookId);
    const earlier = all.slice(
      0,
      all.findIndex(({ name }) => name === before),
    );
    const outputs: JsonObject = {};
    for (const { name, runId, state } of earlier) {
      if (runId === null || state !== 'done') continue;
      const output = await this.runs.outputOf(runId);
      if (output !== null) outputs[name] = { output };
    }
    return outputs;
  }
}

function incidentScope({ id, title, severity }: Incident): IncidentScope {
  return { id, title, severity };
}

function resourceScope(resource: Resource): ResourceScope {
  return {
    id: resource.id,
    kind: resource.kind,
    title: resource.title,
    itemName: resource.itemName,
    team: resource.teamId,
    environment: resource.environment,
    secretRef: resource.secretRef ?? '',
    parameters: resource.parameters,
    outputs: resource.outputs,
  };
}
