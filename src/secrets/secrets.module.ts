import { type DynamicModule, Module } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Ids } from '../shared/index.js';
import { DeliveryController } from './delivery.controller.js';
import { DeliveryJournal } from './delivery-journal.js';
import { IntakeController } from './intake.controller.js';
import { IntakeHome } from './intake-home.js';
import { LocalSecretStore } from './local-secret-store.js';
import { loadMasterKey } from './master-key.js';
import { Redactor } from './redactor.js';
import { SecretDeliveries } from './secret-deliveries.js';
import { SecretIntakes } from './secret-intakes.js';
import { SecretStore } from './secret-store.js';
import { VaultClient, type VaultCredentials } from './vault-client.js';
import { VaultDoor } from './vault-door.js';
import { VaultSecretStore } from './vault-secret-store.js';

export type SecretsOptions = {
  /** How people's browsers reach the bot, without a slash at the end. Asked late: the port may be chosen at start. */
  publicUrl: () => string;
} & (
  | { kind: 'local'; key: { base64?: string; file: string } }
  | { kind: 'vault'; address: string; namespace?: string; mount: string; prefix: string; login: VaultCredentials }
);

/** Needs `Transactions`, `Ids`, `Redactor` and the ports `DeliveryJournal` and `IntakeHome` from global modules. */
@Module({})
export class SecretsModule {
  static forRoot(options: SecretsOptions): DynamicModule {
    return {
      module: SecretsModule,
      global: true,
      controllers: [DeliveryController, IntakeController],
      providers: [
        {
          provide: SecretStore,
          inject: [Transactions, Redactor, VAULT],
          useFactory: (transactions: Transactions, redactor: Redactor, vault: VaultClient | null) =>
            openStore(options, transactions, redactor, vault),
        },
        { provide: VAULT, inject: [Redactor], useFactory: (redactor: Redactor) => connectVault(options, redactor) },
        {
          provide: VaultDoor,
          inject: [VAULT],
          useFactory: (vault: VaultClient | null) => new VaultDoor(vault, options.kind === 'vault' ? options : null),
        },
        {
          provide: SecretDeliveries,
          inject: [Transactions, SecretStore, DeliveryJournal, Ids],
          useFactory: (transactions: Transactions, store: SecretStore, journal: DeliveryJournal, ids: Ids) =>
            new SecretDeliveries(transactions, store, journal, ids, options.publicUrl),
        },
        {
          provide: SecretIntakes,
          inject: [Transactions, SecretStore, DeliveryJournal, IntakeHome, Ids, Logger],
          useFactory: (
            transactions: Transactions,
            store: SecretStore,
            journal: DeliveryJournal,
            home: IntakeHome,
            ids: Ids,
            logger: Logger,
          ) => new SecretIntakes(transactions, store, journal, home, ids, logger, options.publicUrl),
        },
      ],
      exports: [SecretStore, SecretDeliveries, SecretIntakes, VaultDoor],
    };
  }
}

const VAULT = Symbol('the one client of Vault');

function connectVault(options: SecretsOptions, redactor: Redactor): VaultClient | null {
  if (options.kind === 'local') return null;
  const { login } = options;
  redactor.rememberForGood(login.method === 'token' ? login.token : login.secretId);
  return new VaultClient({
    ...options,
    onToken: (token) => {
      redactor.remember(token);
    },
  });
}

async function openStore(
  options: SecretsOptions,
  transactions: Transactions,
  redactor: Redactor,
  vault: VaultClient | null,
): Promise<SecretStore> {
  if (options.kind === 'local') return new LocalSecretStore(transactions, await loadMasterKey(options.key), redactor);
  if (vault === null) throw new Error('There is no client of Vault.');
  return new VaultSecretStore(vault, options, redactor);
}
