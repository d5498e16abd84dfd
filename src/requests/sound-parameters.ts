import { Injectable } from '@nestjs/common';
import { type CatalogItem, type ParameterError, validateParameters } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { CheckChoices } from '../options/index.js';
import type { JsonObject } from '../shared/index.js';
import { InvalidParameters } from './requests.errors.js';

export interface EnteredWish {
  readonly person: Person;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly leaseHours: number;
}

/** Whether what was entered may be asked for at all: by the schema, and by the sources of what was chosen. */
@Injectable()
export class SoundParameters {
  constructor(private readonly choices: CheckChoices) {}

  /** With defaults filled in. @throws InvalidParameters with a sentence a field */
  async sound(item: CatalogItem, { leaseHours, ...wish }: EnteredWish): Promise<JsonObject> {
    const checked = validateParameters(item, wish.parameters);
    const errors = [...(checked.ok ? [] : checked.errors), ...leaseErrors(item, leaseHours)];
    if (!checked.ok || errors.length > 0) throw new InvalidParameters(errors);
    const unoffered = await this.choices.problems({ ...wish, item, parameters: checked.value });
    if (unoffered.length > 0) throw new InvalidParameters(unoffered);
    return checked.value;
  }
}

function leaseErrors(item: CatalogItem, hours: number): ParameterError[] {
  if (Number.isInteger(hours) && hours >= 1 && hours <= item.lease.maxHours) return [];
  return [{ field: 'lease', message: `Lease: choose between 1 and ${item.lease.maxHours} hours.` }];
}
