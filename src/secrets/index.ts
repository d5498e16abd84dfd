export { type DeliveryEntry, DeliveryJournal } from './delivery-journal.js';
export { KeyFileTooOpen, readOrMakeKeyFile } from './key-file.js';
export { LocalSecretStore } from './local-secret-store.js';
export { Redactor } from './redactor.js';
export { open, seal } from './sealing.js';
export { type Delivery, SecretDeliveries } from './secret-deliveries.js';
export {
  SecretNotFound,
  type SecretRef,
  SecretStore,
  SecretStoreUnavailable,
} from './secret-store.js';
export { SecretsModule, type SecretsOptions } from './secrets.module.js';
export { VaultClient } from './vault-client.js';
export { VaultDoor } from './vault-door.js';
export { VaultSecretStore } from './vault-secret-store.js';
