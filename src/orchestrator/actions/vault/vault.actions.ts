import type { VaultDoor } from '../../../secrets/index.js';
import type { AnyAction } from '../../action.js';
import { vaultKvAction } from './kv.action.js';
import { vaultPolicyAction } from './policy.action.js';
import { vaultSecretAction } from './secret.action.js';

/** `vault:*`. Without a Vault only secrets of the own store can be made. */
export function vaultActions(door: VaultDoor | null): AnyAction[] {
  return [vaultSecretAction(), vaultKvAction(door), vaultPolicyAction(door)];
}
