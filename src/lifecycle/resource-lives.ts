import { Injectable } from '@nestjs/common';
import { Upgrades } from '../browsing/index.js';
import type { Schedules as Offered, Operation } from '../catalog/index.js';
import { type Resource, Resources } from '../resources/index.js';
import type { Drift } from './drift/drift.js';
import { DriftStore } from './drift/drift.store.js';
import type { Pin } from './fleets/fleet.js';
import { PinStore } from './fleets/pin.store.js';
import { OperationStore } from './operations/operation.store.js';
import type { OperationRun } from './operations/operation-run.js';
import { Operations } from './operations/operations.js';
import { type ResourceSchedule, ScheduleStore } from './schedules/schedule.store.js';

/** All that a resource's card shows. */
export interface ResourceLife {
  readonly resource: Resource;
  readonly drift: Drift | null;
  /** What can be done to it. */
  readonly operations: readonly Operation[];
  /** What was done lately, the newest first. */
  readonly lately: readonly OperationRun[];
  /** The version of its item it could be upgraded to. */
  readonly newer: string | null;
  /** That upgrade was put off. */
  readonly pin: Pin | null;
  /** The schedules there are for it, and the one it has. */
  readonly schedules: Offered | null;
  readonly schedule: ResourceSchedule | null;
  readonly standsOn: readonly Resource[];
  /** What stands on it, in the order in which it can be taken away. */
  readonly dependents: readonly Resource[];
}

const LATELY = 5;

/** Reads what is known of a resource's life. */
@Injectable()
export class ResourceLives {
  constructor(
    private readonly resources: Resources,
    private readonly drift: DriftStore,
    private readonly store: OperationStore,
    private readonly operations: Operations,
    private readonly scheduleStore: ScheduleStore,
    private readonly upgrades: Upgrades,
    private readonly pins: PinStore,
  ) {}

  async find(resourceId: string): Promise<ResourceLife | null> {
    const resource = await this.resources.find(resourceId);
    if (resource === null) return null;
    const [drift, operations, lately, standsOn, dependents, pin, schedules, schedule] = await Promise.all([
      this.drift.find(resourceId),
      this.operations.offered(resource),
      this.store.ofResource(resourceId, LATELY),
      this.resources.grounds(resourceId),
      this.resources.dependents(resourceId),
      this.pins.find(resourceId),
      this.operations.schedulesOf(resource),
      this.scheduleStore.find(resourceId),
    ]);
    const newer = this.upgrades.newer(resource)?.version ?? null;
    return { resource, drift, operations, lately, newer, pin, schedules, schedule, standsOn, dependents };
  }
}
