import type { AnyAction } from '../action.js';
import { demoActions } from './demo/demo.actions.js';
import { connectionCheckAction } from './postgres/connection-check.action.js';
import { connectionLimitAction } from './postgres/connection-limit.action.js';
import { databaseAction } from './postgres/database.action.js';
import { diagnoseAction } from './postgres/diagnose.action.js';
import { roleAction } from './postgres/role.action.js';
import { schemaAction } from './postgres/schema.action.js';
import { PostgresTarget } from './postgres/target.js';
import { terminateSessionsAction } from './postgres/terminate-sessions.action.js';

/** Every action that comes with the product. */
export function builtInActions(options: { postgresUrl: string }): AnyAction[] {
  const postgres = new PostgresTarget(options.postgresUrl);
  return [
    roleAction(postgres),
    databaseAction(postgres),
    schemaAction(postgres),
    connectionCheckAction(postgres),
    connectionLimitAction(postgres),
    terminateSessionsAction(postgres),
    diagnoseAction(postgres),
    ...demoActions(),
  ];
}
