export { createDataSource, migrate } from './data-source.js';
export { EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.js';
export { DatabaseUnavailable, Transactions, type Tx, violatedConstraint } from './transactions.js';
