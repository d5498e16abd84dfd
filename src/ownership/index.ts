export { TransferRefused } from './ownership.errors.js';
export { OwnershipModule } from './ownership.module.js';
export { Transfers } from './transfers.js';
