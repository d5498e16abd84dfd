import { Global, Module } from '@nestjs/common';
import { LeaseSweep } from './lease-sweep.js';
import { ResourceStore } from './resource.store.js';
import { Resources } from './resources.js';

@Global()
@Module({ providers: [ResourceStore, Resources, LeaseSweep], exports: [Resources, LeaseSweep] })
export class ResourcesModule {}
