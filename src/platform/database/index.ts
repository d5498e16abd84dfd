export { createDataSource, loadMigrations, migrate } from './data-source.js';
export { EmbeddedServer, EmbeddedServerFailed, type EmbeddedServerOptions } from './embedded-server.js';
export { DatabaseUnavailable, sqlState, Transactions, type Tx } from './transactions.js';
