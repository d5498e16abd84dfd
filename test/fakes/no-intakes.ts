import type { Transactions } from '../../src/platform/database/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { DeliveryJournal, IntakeHome, SecretIntakes } from '../../src/secrets/index.js';
import { RandomIds } from '../../src/shared/index.js';
import { SecretsInMemory } from './secrets-in-memory.js';

class NoJournal extends DeliveryJournal {
  record(): Promise<void> {
    return Promise.resolve();
  }

  ask(): Promise<void> {
    return Promise.resolve();
  }
}

class NoHome extends IntakeHome {
  problem(): Promise<string> {
    return Promise.resolve('There is no form here.');
  }

  keep(): Promise<void> {
    return Promise.reject(new Error('There is no form here.'));
  }
}

/** One-time pages where no form asks for secrets. */
export function noIntakes(transactions: Transactions): SecretIntakes {
  const [store, journal, home] = [new SecretsInMemory(), new NoJournal(), new NoHome()];
  return new SecretIntakes(transactions, store, journal, home, new RandomIds(), Logger.silent(), () => '');
}
