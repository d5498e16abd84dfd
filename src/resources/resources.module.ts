import { Global, Module } from '@nestjs/common';
import { DependencyStore } from './dependency.store.js';
import { HoldingSweep } from './holding-sweep.js';
import { LeaseSweep } from './lease-sweep.js';
import { ResourceStore } from './resource.store.js';
import { ResourceEnds } from './resource-ends.js';
import { ResourceRecords } from './resource-records.js';
import { ResourceRules } from './resource-rules.js';
import { Resources } from './resources.js';

@Global()
@Module({
  providers: [
    DependencyStore,
    ResourceEnds,
    ResourceRecords,
    ResourceRules,
    ResourceStore,
    Resources,
    LeaseSweep,
    HoldingSweep,
  ],
  exports: [Resources, LeaseSweep, HoldingSweep],
})
export class ResourcesModule {}
