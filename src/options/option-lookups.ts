import type { JsonObject } from '../shared/index.js';
import type { Option } from './option.js';

/** Port, bound in orchestrator/: the read-only lookups of actions. */
export abstract class OptionLookups {
  /** @throws an AppError with a sentence when the system can't be asked, or refuses the input */
  abstract find(id: string, input: JsonObject, signal: AbortSignal): Promise<readonly Option[]>;
}
