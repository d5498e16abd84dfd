import { Global, Module } from '@nestjs/common';
import { Consumption } from './consumption.js';
import { DriftStore } from './drift/drift.store.js';
import { DriftChecks } from './drift/drift-checks.js';
import { DriftDecisions } from './drift/drift-decisions.js';
import { DriftSweep } from './drift/drift-sweep.js';
import { FleetStore } from './fleets/fleet.store.js';
import { FleetAdvance } from './fleets/fleet-advance.js';
import { FleetJournal } from './fleets/fleet-journal.js';
import { FleetSweep } from './fleets/fleet-sweep.js';
import { FleetTelling } from './fleets/fleet-telling.js';
import { Fleets } from './fleets/fleets.js';
import { PinStore } from './fleets/pin.store.js';
import { Pins } from './fleets/pins.js';
import { LivingRules } from './living-rules.js';
import { Aftermath } from './operations/aftermath.js';
import { OperationStore } from './operations/operation.store.js';
import { OperationControl } from './operations/operation-control.js';
import { OperationOpening } from './operations/operation-opening.js';
import { Operations } from './operations/operations.js';
import { Reconciling } from './operations/reconciling.js';
import { TendResourceWorkflow } from './operations/tend-resource.workflow.js';
import { Tending } from './operations/tending.js';
import { WhatItGives } from './operations/what-it-gives.js';
import { OrphanStore } from './orphans/orphan.store.js';
import { OrphanSweep } from './orphans/orphan-sweep.js';
import { Orphans } from './orphans/orphans.js';
import { RemoveOrphanWorkflow } from './orphans/remove-orphan.workflow.js';
import { ResourceJournal } from './resource-journal.js';
import { ResourceLives } from './resource-lives.js';
import { ByHand } from './schedules/by-hand.js';
import { ScheduleStore } from './schedules/schedule.store.js';
import { ScheduleSweep } from './schedules/schedule-sweep.js';
import { Schedules } from './schedules/schedules.js';
import { UpgradeAftermath } from './upgrades/upgrade-aftermath.js';
import { Upgrading } from './upgrades/upgrading.js';

@Global()
@Module({
  providers: [
    ResourceJournal,
    DriftStore,
    DriftChecks,
    DriftDecisions,
    DriftSweep,
    OperationStore,
    OperationOpening,
    Consumption,
    LivingRules,
    Operations,
    WhatItGives,
    Aftermath,
    Upgrading,
    UpgradeAftermath,
    Reconciling,
    Tending,
    OperationControl,
    TendResourceWorkflow,
    ResourceLives,
    OrphanStore,
    OrphanSweep,
    Orphans,
    RemoveOrphanWorkflow,
    FleetStore,
    FleetJournal,
    PinStore,
    Pins,
    Fleets,
    FleetTelling,
    FleetAdvance,
    FleetSweep,
    ScheduleStore,
    ByHand,
    Schedules,
    ScheduleSweep,
  ],
  exports: [
    DriftChecks,
    DriftDecisions,
    DriftSweep,
    OperationControl,
    Operations,
    Orphans,
    Reconciling,
    ResourceLives,
    Fleets,
    Pins,
    FleetSweep,
    Schedules,
    ScheduleSweep,
    Upgrading,
  ],
})
export class LifecycleModule {}
