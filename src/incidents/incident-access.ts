import { Injectable } from '@nestjs/common';
import type { Person } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import { type Resource, Resources } from '../resources/index.js';
import type { Incident } from './incident.js';
import { IncidentForbidden, ResourceGone } from './incidents.errors.js';

/** Who may lead an incident: whoever may declare one on the affected resource. Asked again at every click. */
@Injectable()
export class IncidentAccess {
  constructor(
    private readonly policy: Policy,
    private readonly resources: Resources,
  ) {}

  /** @throws IncidentForbidden, ResourceGone */
  async authorizeDeclare(person: Person, resourceId: string | undefined): Promise<void> {
    const resource = resourceId === undefined ? null : await this.resources.find(resourceId);
    if (resourceId !== undefined && (resource === null || resource.state === 'destroyed')) throw new ResourceGone();
    this.assert(person, resource);
  }

  /** Severity, command, playbook, resolving. @throws IncidentForbidden */
  async authorizeLead(person: Person, incident: Incident): Promise<void> {
    this.assert(person, await this.affected(incident), incident.id);
  }

  /** The affected resource, also when it is long destroyed. */
  async affected(incident: Pick<Incident, 'resourceId'>): Promise<Resource | null> {
    return incident.resourceId === null ? null : this.resources.find(incident.resourceId);
  }

  private assert(person: Person, resource: Resource | null, id?: string): void {
    const facts = resource === null ? {} : factsOf(resource);
    const { allowed, reason } = this.policy.can(person, 'declare', {
      kind: 'incident',
      ...(id !== undefined && { id }),
      ...facts,
    });
    if (!allowed) throw new IncidentForbidden(reason);
  }
}

/** What the rules look at. */
export function factsOf(resource: Resource): { teamId: string; environment: string; itemName: string } {
  return { teamId: resource.teamId, environment: resource.environment, itemName: resource.itemName };
}
