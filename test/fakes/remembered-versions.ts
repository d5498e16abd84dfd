import { type StoredVersion, type VersionedDocument, VersionStore } from '../../src/catalog/index.js';

/** Versions in memory, the newest last. */
export class RememberedVersions extends VersionStore {
  readonly versions: VersionedDocument[] = [];

  async store(versions: readonly VersionedDocument[]): Promise<void> {
    for (const version of versions) {
      const known = this.versions.findIndex((one) => one.name === version.name && one.digest === version.digest);
      if (known !== -1) this.versions.splice(known, 1);
      this.versions.push(version);
    }
  }

  async find(kind: VersionedDocument['kind'], name: string, digest: string): Promise<StoredVersion | null> {
    return this.versions.find((one) => one.kind === kind && one.name === name && one.digest === digest) ?? null;
  }

  async latestOfFile(kind: VersionedDocument['kind'], file: string): Promise<StoredVersion | null> {
    return this.versions.findLast((one) => one.kind === kind && one.file === file) ?? null;
  }
}
