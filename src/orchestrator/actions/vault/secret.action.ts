import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import { SecretNotFound } from '../../../secrets/index.js';
import { type AnyAction, defineAction, type Labels } from '../../action.js';
import { secretReference, secretValues } from '../secret-reference.js';

const field = z.string().regex(/^\w[\w.-]{0,60}$/);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/);
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A secret in our own store, Vault or local: generated, copied from others, with what is no secret beside it. */
export function vaultSecretAction(): AnyAction {
  return defineAction({
    id: 'vault:secret',
    title: 'Secret in the secret store',
    owns: true,
    input: z
      .strictObject({
        name,
        generate: z
          .record(
            field,
            z.strictObject({
              length: z.int().min(16).max(128).default(32),
              kind: z.enum(['letters', 'base64url', 'hex']).default('letters'),
            }),
          )
          .default({}),
        values: z.record(field, z.string().max(8_192)).default({}),
        copy: z.record(field, secretReference).default({}),
      })
      .refine((wanted) => fieldsOf(wanted).length > 0, 'has no field')
      .refine((wanted) => new Set(fieldsOf(wanted)).size === fieldsOf(wanted).length, 'has a field twice'),
    output: z.object({ secretRef: z.string(), fields: z.array(z.string()) }),
    state: z.object({ secretRef: z.string() }),
    examples: [{ title: 'A token', input: { name: 'webhook', generate: { token: { length: 40 } } }, plan: 'create' }],
    plan: (wanted) =>
      Promise.resolve({
        kind: 'create',
        summary: `Secret ${wanted.name} (${fieldsOf(wanted).join(', ')})`,
        details: ['What is generated is seen by nobody until its owner asks for it.'],
      }),
    intend: (wanted, { labels }) => Promise.resolve({ secretRef: `kv:${pathFor(labels, wanted.name)}#0` }),
    async apply(wanted, { idempotencyKey, labels, secrets }) {
      const generated = Object.entries(wanted.generate).map(([one, how]) => [one, generate(how)] as const);
      const copied = await secretValues(secrets, wanted.copy);
      const data = { ...wanted.values, ...copied, ...Object.fromEntries(generated) };
      // A repeated call keeps what the first one generated.
      const secretRef = await secrets.put(pathFor(labels, wanted.name), data, { idempotencyKey });
      return { state: { secretRef }, output: { secretRef, fields: fieldsOf(wanted) } };
    },
    async read({ secretRef }, { secrets }) {
      try {
        await secrets.get(secretRef);
        return { exists: true, detail: 'the secret is there' };
      } catch (error) {
        if (error instanceof SecretNotFound) return { exists: false, detail: 'the secret is not there' };
        throw error;
      }
    },
    destroy: ({ secretRef }, { secrets }) => secrets.remove(secretRef),
  });
}

function fieldsOf({ generate: made, values, copy }: Record<'generate' | 'values' | 'copy', object>): string[] {
  return [made, values, copy].flatMap((group) => Object.keys(group)).sort();
}

function pathFor({ team, resourceId }: Labels, secret: string): string {
  return `made/${team}/${resourceId}/${secret}`;
}

function generate({ length, kind }: { length: number; kind: 'letters' | 'base64url' | 'hex' }): string {
  if (kind !== 'letters') return randomBytes(length).toString(kind).slice(0, length);
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
