import { SecretStore, SecretStoreUnavailable } from '../secrets/index.js';

/** Where nobody gave a secret store: what needs a secret says that it can't look. */
export class NoSecrets extends SecretStore {
  put(): Promise<never> {
    return this.refuse();
  }

  get(): Promise<never> {
    return this.refuse();
  }

  remove(): Promise<never> {
    return this.refuse();
  }

  health(): Promise<{ ok: boolean; detail: string }> {
    return Promise.resolve({ ok: false, detail: 'no secret store here' });
  }

  wrap(): Promise<null> {
    return Promise.resolve(null);
  }

  private refuse(): Promise<never> {
    return Promise.reject(new SecretStoreUnavailable('There is no secret store to look with here.'));
  }
}
