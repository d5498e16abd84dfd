import type { VaultDoor } from '../../../secrets/index.js';
import type { Json } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';
import type { Api } from '../api/api.js';

const MISSING = 404;
const GOOD = 300;
const WORDS: Readonly<Record<number, string>> = {
  400: 'It does not accept this.',
  403: 'Quartermaster’s login does not allow this; the platform team can change its policy.',
  405: 'There is no such engine under that path, or it is of another kind.',
};

/** Vault as an API for things; what it says when it refuses is kept out of sentences. */
export function vaultApi(door: VaultDoor | null): Api {
  const open = opened(door);
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: readonly string[], body?: Json) => {
    const answer = await open.call(method, `/${path.map(encodeURIComponent).join('/')}`, body);
    if (answer.status === MISSING || answer.status < GOOD) return answer;
    throw new ActionFailed(`Vault answered ${answer.status}. ${WORDS[answer.status] ?? ''}`.trim(), false);
  };
  return {
    find: async (path) => {
      const { status, body } = await call('GET', path);
      return status === MISSING ? null : (body as Json);
    },
    send: async (method, path, body) => {
      const answer = await call(method === 'PATCH' ? 'POST' : method, path, body);
      if (answer.status === MISSING && method !== 'DELETE')
        throw new ActionFailed('Vault has nothing under that path: is the engine mounted there?', false);
      return (answer.body ?? null) as Json;
    },
  };
}

function opened(door: VaultDoor | null): VaultDoor {
  if (door?.isThere !== true)
    throw new ActionFailed('This installation has no Vault. The platform team can set VAULT_ADDR.', false);
  return door;
}
