import type { DocumentPath } from '../platform/documents/index.js';
import { type Json, messageOf } from '../shared/index.js';
import type { Fault } from './check-parameters.js';
import { coerced } from './form-coercion.js';
import type { ParameterSchema, PartialParameter } from './parameter-schema.js';
import { runValidator } from './parameter-validator.js';

/** Defaults, constants and examples that their own schema would refuse. `whole` is the schema with what it refines. */
export function sampleFaults(
  name: string,
  schema: PartialParameter,
  whole: PartialParameter,
  at: (...keys: (string | number)[]) => DocumentPath,
): Fault[] {
  const samples: { at: DocumentPath; value: Json | undefined }[] = [
    { at: at('default'), value: schema.default },
    { at: at('const'), value: schema.const },
    ...(schema.examples ?? []).map((value, index) => ({ at: at('examples', index), value })),
  ];
  try {
    return samples.flatMap((sample) => {
      const why = sample.value === undefined ? undefined : whyNot(name, whole as ParameterSchema, sample.value);
      if (why === undefined) return [];
      return [
        {
          at: sample.at,
          message: `this value does not fit its own schema: it ${why}`,
          remedy: 'write a value that fits',
        },
      ];
    });
  } catch (error) {
    return [{ at: at(), message: `this is no valid JSON Schema: ${messageOf(error)}`, remedy: 'mend the schema' }];
  }
}

function whyNot(name: string, schema: ParameterSchema, value: Json): string | undefined {
  const given = schema.format === 'time' ? (coerced(schema, value) ?? value) : value;
  const alone = { type: 'object', required: [], properties: { [name]: schema }, additionalProperties: false } as const;
  // An object's default may leave out what is asked for.
  const [error] = runValidator(alone, { [name]: given }).filter(
    ({ keyword }) => schema.type !== 'object' || keyword !== 'required',
  );
  return error === undefined ? undefined : (error.message ?? 'is not valid');
}
