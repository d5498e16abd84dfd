export { type DeliveryEntry, DeliveryJournal } from './delivery-journal.js';
export { EXAMPLE_SECRET, GIVEN_SECRET_PATTERN, isGivenSecret } from './given-secret.js';
export { IntakeHome, type IntakePlace } from './intake-home.js';
export { KeyFileTooOpen, readOrMakeKeyFile } from './key-file.js';
export { LocalSecretStore } from './local-secret-store.js';
export { Redactor } from './redactor.js';
export { open, seal } from './sealing.js';
export { type Delivery, SecretDeliveries } from './secret-deliveries.js';
export { SecretIntakes } from './secret-intakes.js';
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
