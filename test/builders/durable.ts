import { DBOS } from '@dbos-inc/dbos-sdk';

/** Waits until a workflow has ended; fails with its error. */
export async function workflowEnded(id: string): Promise<unknown> {
  return DBOS.getResult(id, { timeoutSeconds: 60, pollingIntervalMs: 25 });
}
