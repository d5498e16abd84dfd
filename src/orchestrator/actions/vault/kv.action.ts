import { z } from 'zod';
import type { VaultDoor } from '../../../secrets/index.js';
import { ActionFailed, type AnyAction } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { objectOf, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';
import { secretReference, secretValues } from '../secret-reference.js';
import { vaultApi } from './vault-api.js';

const NOTE = 'quartermaster';
const segment = z.string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,99}$/);
const field = z.string().regex(/^\w[\w.-]{0,60}$/);

/** A secret under a path of a KV engine (version 2) where applications read it. The note `quartermaster` of its metadata carries the key. */
export function vaultKvAction(door: VaultDoor | null): AnyAction {
  return thingAction({
    id: 'vault:kv',
    title: 'Secret in Vault',
    noun: 'secret',
    input: z.strictObject({
      mount: segment.default('secret'),
      path: z.array(segment).min(1).max(10),
      /** What everybody may see. */
      values: z.record(field, z.string().max(8_192)).default({}),
      /** What is in the secret store: copied, never shown. */
      secrets: z.record(field, secretReference).default({}),
    }),
    place: z.object({ mount: z.string(), path: z.array(z.string()) }),
    output: z.object({ path: z.string(), version: z.int() }),
    examples: [
      {
        title: 'Where there is no Vault',
        input: { path: ['orders', 'database'], secrets: { url: { ref: 'kv:postgres/orders#1', field: 'url' } } },
        plan: 'cannot',
      },
    ],
    describe: ({ mount, path, values, secrets }) => ({
      name: [mount, ...path].join('/'),
      details: [`Fields: ${[...Object.keys(values), ...Object.keys(secrets)].sort().join(', ')}`],
    }),
    placeOf: ({ mount, path }) => ({ mount, path }),
    connect: (place) => {
      if (door?.isOwn(place.mount, place.path) === true)
        throw new ActionFailed('That path belongs to Quartermaster’s own secrets. Choose another one.', false);
      return vaultApi(door);
    },
    async find(api, { mount, path }, key) {
      const found = await api.find([mount, 'metadata', ...path]);
      if (found === null) return null;
      const { custom_metadata: notes, current_version: version } = objectOf(objectOf(found).data);
      const current = typeof version === 'number' ? version : 0;
      return {
        isOurs: objectOf(notes)[NOTE] === key,
        isHalf: current === 0,
        version: textOf(version),
        output: { path: [mount, ...path].join('/'), version: current },
      };
    },
    async make(api, { mount, path, values, secrets }, { key, context }) {
      const data = { ...values, ...(await secretValues(context.secrets, secrets)) };
      // The note first: then what is there is ours whenever we die.
      await api.send('POST', [mount, 'metadata', ...path], {
        custom_metadata: { [NOTE]: key, ...labelsUnder(`${NOTE}-`, context.labels) },
      });
      return api.send('POST', [mount, 'data', ...path], { data, options: { cas: 0 } });
    },
    remove: (api, { mount, path }) => api.send('DELETE', [mount, 'metadata', ...path]),
  });
}
