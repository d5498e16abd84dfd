import { z } from 'zod';
import type { VaultDoor } from '../../../secrets/index.js';
import type { AnyAction, Labels } from '../../action.js';
import { labelWords } from '../../labels.js';
import { type Api, objectOf, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';
import { vaultApi } from './vault-api.js';

const MARK = '# quartermaster:';
const capability = z.enum(['create', 'read', 'update', 'patch', 'delete', 'list']);
/** Nothing that reaches Vault itself, who may log in, or everything. */
const path = z
  .string()
  .regex(
    /^(?!sys\/|auth\/|identity\/|cubbyhole\/)[\w-]+(?:\/(?:[\w.-]+|\+))+(?:\/?\*)?$/,
    'a path like secret/data/orders/*',
  );
const rules = z
  .array(z.strictObject({ path, capabilities: z.array(capability).min(1).max(6) }))
  .min(1)
  .max(50);
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,80}$/)
  .refine((text) => text !== 'root' && text !== 'default', 'belongs to Vault');

/** An ACL policy of Vault, from rules. Its first line carries the key. */
export function vaultPolicyAction(door: VaultDoor | null): AnyAction {
  const write = (
    api: Api,
    input: { name: string; rules: z.output<typeof rules> },
    { key, context }: { key: string; context: { labels: Labels } },
  ) => {
    const policy = [MARK + key, `# ${labelWords(context.labels)}`, hcl(input.rules)].join('\n');
    return api.send('PUT', at(input.name), { policy });
  };
  return thingAction({
    id: 'vault:policy',
    title: 'Policy of Vault',
    noun: 'policy',
    input: z.strictObject({ name, rules }),
    place: z.object({ name: z.string() }),
    output: z.object({ name: z.string() }),
    examples: [
      {
        title: 'Where there is no Vault',
        input: { name: 'orders-read', rules: [{ path: 'secret/data/orders/*', capabilities: ['read'] }] },
        plan: 'cannot',
      },
    ],
    describe: (input) => ({
      name: input.name,
      details: input.rules.map((rule) => `${rule.capabilities.join(', ')} on ${rule.path}`),
    }),
    placeOf: (input) => ({ name: input.name }),
    connect: () => vaultApi(door),
    async find(api, place, key) {
      const found = await api.find(at(place.name));
      if (found === null) return null;
      const policy = textOf(objectOf(objectOf(found).data).policy);
      const [first = '', ...rest] = policy.split('\n');
      return { isOurs: first === MARK + key, version: rest.join('\n').trim(), output: { name: place.name } };
    },
    make: write,
    change: write,
    remove: (api, place) => api.send('DELETE', at(place.name)),
  });
}

function at(policy: string): string[] {
  return ['sys', 'policies', 'acl', policy];
}

/** Of allow-listed characters alone: nothing has to be escaped. */
function hcl(list: z.output<typeof rules>): string {
  return list
    .map(
      (rule) => `path "${rule.path}" {\n  capabilities = [${rule.capabilities.map((one) => `"${one}"`).join(', ')}]\n}`,
    )
    .join('\n\n');
}
