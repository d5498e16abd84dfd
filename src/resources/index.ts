export { HoldingSweep } from './holding-sweep.js';
export { LeaseSweep } from './lease-sweep.js';
export type { Resource, ResourceState } from './resource.js';
export { LeaseAtItsLimit, ResourceForbidden, ResourceMovedOn, UnknownResource } from './resources.errors.js';
export { Resources } from './resources.js';
export { ResourcesModule } from './resources.module.js';
