export { type DeliveryEntry, DeliveryJournal } from './delivery-journal.js';
export { KeyFileTooOpen, readOrMakeKeyFile } from './key-file.js';
export { LocalSecretStore } from './local-secret-store.js';
export { Redactor } from './redactor.js';
export { DELIVERY_TTL_SECONDS, type Delivery, DeliveryRefused, SecretDeliveries } from './secret-deliveries.js';
export {
  type SecretData,
  SecretNotFound,
  type SecretRef,
  SecretStore,
  SecretStoreUnavailable,
  type StoreHealth,
} from './secret-store.js';
export { SecretsModule, type SecretsOptions } from './secrets.module.js';
export { VaultClient } from './vault-client.js';
export { VaultSecretStore } from './vault-secret-store.js';
