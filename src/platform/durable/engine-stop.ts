import { DBOSWorkflowConflictError, Error as EngineErrors } from '@dbos-inc/dbos-sdk';

/**
 * True when the engine took the workflow out of our hands: it was cancelled, or another replica has it. That is not an outcome
 * to handle: whoever catches errors in a workflow throws these on.
 */
export function isEngineStop(error: unknown): boolean {
  return error instanceof DBOSWorkflowConflictError || error instanceof EngineErrors.DBOSWorkflowCancelledError;
}
