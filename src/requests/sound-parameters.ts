import { Injectable } from '@nestjs/common';
import { type CatalogItem, type ParameterError, secretParameter, validateParameters } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { CheckChoices } from '../options/index.js';
import { EXAMPLE_SECRET, SecretIntakes } from '../secrets/index.js';
import type { JsonObject } from '../shared/index.js';
import { givenSecretsIn } from './given-secrets.js';
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
  constructor(
    private readonly choices: CheckChoices,
    private readonly intakes: SecretIntakes,
  ) {}

  /** With defaults filled in. @throws InvalidParameters with a sentence a field */
  async sound(item: CatalogItem, { leaseHours, ...wish }: EnteredWish): Promise<JsonObject> {
    const checked = validateParameters(item, wish.parameters);
    const errors = [...(checked.ok ? [] : checked.errors), ...leaseErrors(item, leaseHours)];
    if (!checked.ok || errors.length > 0) throw new InvalidParameters(errors);
    const unoffered = await this.choices.problems({ ...wish, item, parameters: checked.value });
    if (unoffered.length > 0) throw new InvalidParameters(unoffered);
    await this.assertOwnSecrets(item, wish.person, checked.value);
    return checked.value;
  }

  /** What was given for another request, or by somebody else, is not there for this one. */
  private async assertOwnSecrets(item: CatalogItem, person: Person, parameters: JsonObject): Promise<void> {
    const given = givenSecretsIn(parameters);
    const unusable = await this.intakes.unusable([...given.values()], person.id);
    const errors = [...given].flatMap(([path, ref]) => {
      const label = secretParameter(item, path)?.label ?? path;
      const message = `${label} was given for another request, or is gone. Press “Give another” to give it again.`;
      return unusable.has(ref) && ref !== EXAMPLE_SECRET ? [{ field: path, message }] : [];
    });
    if (errors.length > 0) throw new InvalidParameters(errors);
  }
}

function leaseErrors(item: CatalogItem, hours: number): ParameterError[] {
  if (Number.isInteger(hours) && hours >= 1 && hours <= item.lease.maxHours) return [];
  return [{ field: 'lease', message: `Lease: choose between 1 and ${item.lease.maxHours} hours.` }];
}
