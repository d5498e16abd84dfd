import { Global, Module } from '@nestjs/common';
import { HoldingSweep } from './holding-sweep.js';
import { LeaseSweep } from './lease-sweep.js';
import { ResourceStore } from './resource.store.js';
import { ResourceRules } from './resource-rules.js';
import { Resources } from './resources.js';

@Global()
@Module({
  providers: [ResourceRules, ResourceStore, Resources, LeaseSweep, HoldingSweep],
  exports: [Resources, LeaseSweep, HoldingSweep],
})
export class ResourcesModule {}
