export { UpgradeRuns } from './upgrade-runs.js';
export { UpgradeStepsReader, type UpgradeWish } from './upgrade-steps.js';
