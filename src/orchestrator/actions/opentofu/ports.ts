import type { JsonObject } from '../../../shared/index.js';

export interface KeptState {
  /** The state file as it is; null: nothing was ever made. */
  readonly text: string | null;
  /** What was applied last, without secrets, and by which step. */
  readonly applied: JsonObject | null;
  readonly appliedBy: string | null;
}

/** Port, bound in orchestrator/states: what OpenTofu remembers, one entry a workspace, and one user of it at a time. */
export abstract class StateKeeper {
  abstract load(id: string): Promise<KeptState>;
  /** For a minute; the same holder again makes it longer. False: somebody else has it. */
  abstract lock(id: string, holder: string): Promise<boolean>;
  abstract unlock(id: string, holder: string): Promise<void>;
  /** @throws StateLockLost when somebody else has it meanwhile: nothing was written */
  abstract save(id: string, holder: string, text: string): Promise<void>;
  /** @throws StateLockLost */
  abstract noteApplied(id: string, holder: string, applied: JsonObject, by: string): Promise<void>;
  /** Nothing is left there. @throws StateLockLost */
  abstract forget(id: string, holder: string): Promise<void>;
}
