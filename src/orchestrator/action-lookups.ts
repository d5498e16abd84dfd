import { Injectable } from '@nestjs/common';
import { type Option, OptionLookups } from '../options/index.js';
import type { JsonObject } from '../shared/index.js';
import { ActionRegistry } from './action-registry.js';

/** Binds the port of the options: finds the lookup by its id. */
@Injectable()
export class ActionLookups extends OptionLookups {
  constructor(private readonly registry: ActionRegistry) {
    super();
  }

  find(id: string, input: JsonObject, signal: AbortSignal): Promise<readonly Option[]> {
    return this.registry.lookup(id).find(input, { signal });
  }
}
