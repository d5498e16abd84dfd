export type { ActionKit } from './action-kit.js';
export { type LoadedPackages, loadActionPackages, type PackageProblem } from './load-action-packages.js';
