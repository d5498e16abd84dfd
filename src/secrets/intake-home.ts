import type { Tx } from '../platform/database/index.js';
import type { SecretRef } from './secret-store.js';

/** Which question of which form a value is for. */
export interface IntakePlace {
  readonly personId: string;
  readonly draftId: string;
  /** Of the parameter. */
  readonly path: string;
}

/** Port, bound by requests/: the form that a value is given for. */
export abstract class IntakeHome {
  /** Why the value can't be taken, in a sentence that never repeats it; null when it can. */
  abstract problem(place: IntakePlace, value: string): Promise<string | null>;
  /** The form holds the reference from now on. @throws AppError when the form is gone */
  abstract keep(tx: Tx, place: IntakePlace, ref: SecretRef): Promise<void>;
}
