import type { Tx } from '../platform/database/index.js';
import type { RequestRecord } from './request.js';

/** What may be done to the run of a request from outside. Bound by the orchestrator. */
export abstract class RunControl {
  /** Asks it to stop; what was made is taken back. False when it is too late for that. */
  abstract cancel(tx: Tx, runId: string, by: string): Promise<boolean>;

  /** A run that goes on where the request's last one failed; answers its id. */
  abstract goOn(tx: Tx, request: RequestRecord): Promise<string>;

  /** A run that takes back what the request's last one made; answers its id. */
  abstract rollBack(tx: Tx, request: RequestRecord): Promise<string>;

  /** Lets the run take its turn. */
  abstract perform(tx: Tx, request: RequestRecord, runId: string): Promise<void>;
}
