import type { Say } from './check-parameter.js';
import type { Fault, Surroundings } from './check-parameters.js';
import type { PartialParameter } from './parameter-schema.js';

/** What would have to show the value, know it beforehand, or choose among values. */
const NEVER = [
  'default',
  'x-default',
  'examples',
  'const',
  'enum',
  'oneOf',
  'x-enum-titles',
  'x-options',
  'format',
] as const;

/** Where a secret can't be asked for, and what can't be said of one. */
export function secretFaults(
  schema: PartialParameter,
  base: PartialParameter | undefined,
  { inEntry }: Surroundings,
  fault: Say,
): Fault[] {
  if (base?.writeOnly === true)
    return [fault(null, 'a branch cannot refine a secret', 'write everything about it into the object itself')];
  if (schema.writeOnly !== true) return [];
  if (base !== undefined)
    return [fault('writeOnly', 'a branch cannot make a field a secret', 'write writeOnly into the object itself')];
  if (inEntry)
    return [
      fault(
        'writeOnly',
        'a secret cannot stand in an entry of a list, which may move or go',
        'write a parameter outside of the list',
      ),
    ];
  return NEVER.filter((keyword) => schema[keyword] !== undefined).map((keyword) =>
    fault(
      keyword,
      `“${keyword}” means nothing for a secret, which nobody sees or knows beforehand`,
      'remove it; minLength, maxLength, pattern, x-pattern-hint and x-multiline are what can be said of it',
    ),
  );
}
