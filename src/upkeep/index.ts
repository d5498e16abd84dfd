export { checkoutOf, UpkeepModule } from './upkeep.module.js';
export type { UpkeepOptions } from './upkeep.options.js';
