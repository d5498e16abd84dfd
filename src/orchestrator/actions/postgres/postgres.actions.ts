import type { AnyAction } from '../../action.js';
import { availabilityAction } from './availability.action.js';
import { backupAction } from './backup.action.js';
import { type BackupOptions, Backups } from './backups.js';
import { cloneAction } from './clone.action.js';
import { connectionCheckAction } from './connection-check.action.js';
import { connectionLimitAction } from './connection-limit.action.js';
import { databaseAction } from './database.action.js';
import { diagnoseAction } from './diagnose.action.js';
import { dropAction } from './drop.action.js';
import { extensionAction } from './extension.action.js';
import { grantAction } from './grant.action.js';
import { passwordRotationAction } from './password-rotation.action.js';
import { restoreAction } from './restore.action.js';
import { roleAction } from './role.action.js';
import { schemaAction } from './schema.action.js';
import { sizeCheckAction } from './size-check.action.js';
import type { PostgresTarget } from './target.js';
import { terminateSessionsAction } from './terminate-sessions.action.js';

/** `postgres:*` on one server. */
export function postgresActions(target: PostgresTarget, backup: BackupOptions): AnyAction[] {
  const backups = new Backups(backup);
  return [
    roleAction(target),
    databaseAction(target),
    schemaAction(target),
    extensionAction(target),
    grantAction(target),
    passwordRotationAction(target),
    cloneAction(target),
    backupAction(target, backups),
    restoreAction(target, backups),
    dropAction(target),
    connectionCheckAction(target),
    sizeCheckAction(target),
    connectionLimitAction(target),
    availabilityAction(target),
    terminateSessionsAction(target),
    diagnoseAction(target),
  ];
}
