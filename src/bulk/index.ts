export { BulkAlreadySent } from './bulk.errors.js';
export type { Bulk, BulkRow } from './bulk.js';
export { BulkModule } from './bulk.module.js';
export { Bulks, type PreparedBulk } from './bulks.js';
export type { CheckedLine } from './check-bulk.js';
export { type BulkProblem, MOST_LINES } from './reading/bulk-line.js';
