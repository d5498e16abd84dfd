export type { PlaygroundOptions } from './options.js';
export { type Playground, startPlayground } from './playground.js';
export type * from './protocol.js';
export type { WorkspaceSeed } from './workspace/records.js';
export { defaultSeed } from './workspace/workspace-seed.js';
