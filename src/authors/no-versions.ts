import { VersionStore } from '../catalog/index.js';

/** A command looks at the files as they are, and remembers nothing. */
export class NoVersions extends VersionStore {
  store(): Promise<void> {
    return Promise.resolve();
  }
  admit(): Promise<[]> {
    return Promise.resolve([]);
  }
  overtaken(): Promise<[]> {
    return Promise.resolve([]);
  }
  history(): Promise<[]> {
    return Promise.resolve([]);
  }
  find(): Promise<null> {
    return Promise.resolve(null);
  }
  latestOfFile(): Promise<null> {
    return Promise.resolve(null);
  }
}
