import { z } from 'zod';
import type { SecretStore } from '../../secrets/index.js';
import { ActionFailed } from '../action.js';

/** A value in the secret store, by where it is. */
export const secretReference = z.strictObject({
  ref: z.string().regex(/^kv:[\w./-]+#\d{1,9}$/, 'a reference like kv:path#1, as earlier steps give it'),
  field: z.string().regex(/^\w[\w.-]{0,60}$/),
});

export type SecretReference = z.output<typeof secretReference>;

/** @throws ActionFailed when the secret has no such field; SecretNotFound, SecretStoreUnavailable */
export async function secretValue(secrets: SecretStore, { ref, field }: SecretReference): Promise<string> {
  const data = await secrets.get(ref);
  const value = Object.hasOwn(data, field) ? data[field] : undefined;
  if (value === undefined)
    throw new ActionFailed(`The secret has no field “${field}”. Nothing was done with it.`, false);
  return value;
}

/** All of them, under their names. */
export async function secretValues(
  secrets: SecretStore,
  references: Readonly<Record<string, SecretReference>>,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, reference] of Object.entries(references)) values[name] = await secretValue(secrets, reference);
  return values;
}

/** Hides exactly these values, each line of them too. The redactor does so as well, but need not know every one of them. */
export function masking(values: readonly string[]): (text: string) => string {
  const pieces = values.flatMap((value) => [value, ...value.split(/[\r\n]+/)]).filter((piece) => piece.length >= 4);
  const longestFirst = [...new Set(pieces)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, piece) => masked.replaceAll(piece, '[redacted]'), text);
}
