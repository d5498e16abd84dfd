import { type KeptState, StateKeeper } from '../../src/orchestrator/actions/opentofu/ports.js';
import type { JsonObject } from '../../src/shared/index.js';

/** Like SealedStates, without a database; locks end only when they are given back. */
export class StatesInMemory extends StateKeeper {
  readonly texts = new Map<string, string>();
  readonly locks = new Map<string, string>();
  private readonly applied = new Map<string, { applied: JsonObject; by: string }>();

  load(id: string): Promise<KeptState> {
    const known = this.applied.get(id);
    return Promise.resolve({
      text: this.texts.get(id) ?? null,
      applied: known?.applied ?? null,
      appliedBy: known?.by ?? null,
    });
  }

  lock(id: string, holder: string): Promise<boolean> {
    const by = this.locks.get(id) ?? holder;
    this.locks.set(id, by);
    return Promise.resolve(by === holder);
  }

  unlock(id: string, holder: string): Promise<void> {
    if (this.locks.get(id) === holder) this.locks.delete(id);
    return Promise.resolve();
  }

  async save(id: string, holder: string, text: string): Promise<void> {
    this.assertHeld(id, holder);
    this.texts.set(id, text);
  }

  async noteApplied(id: string, holder: string, applied: JsonObject, by: string): Promise<void> {
    this.assertHeld(id, holder);
    this.applied.set(id, { applied, by });
  }

  async forget(id: string, holder: string): Promise<void> {
    this.assertHeld(id, holder);
    this.texts.delete(id);
    this.applied.delete(id);
  }

  private assertHeld(id: string, holder: string): void {
    if (this.locks.get(id) !== holder) throw new Error(`Somebody else has ${id}`);
  }
}
