import {
  type NumberedVersion,
  type PastVersion,
  type Refusal,
  type StoredVersion,
  type VersionedDocument,
  VersionStore,
} from '../../src/catalog/index.js';
import { refusalOf } from '../../src/catalog/versions/version-rules.js';

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

  async admit(versions: readonly VersionedDocument[]): Promise<readonly Refusal[]> {
    const refused = versions.flatMap((version) => this.refusal(version.kind, version));
    await this.store(versions.filter(({ digest }) => !refused.some((one) => one.digest === digest)));
    return refused;
  }

  async overtaken(kind: VersionedDocument['kind'], versions: readonly NumberedVersion[]): Promise<readonly Refusal[]> {
    return versions.flatMap((version) => this.refusal(kind, version));
  }

  async find(kind: VersionedDocument['kind'], name: string, digest: string): Promise<StoredVersion | null> {
    return this.versions.find((one) => one.kind === kind && one.name === name && one.digest === digest) ?? null;
  }

  async latestOfFile(kind: VersionedDocument['kind'], file: string): Promise<StoredVersion | null> {
    return this.versions.findLast((one) => one.kind === kind && one.file === file) ?? null;
  }

  async history(kind: VersionedDocument['kind'], name: string, limit: number): Promise<readonly PastVersion[]> {
    return this.offered(kind, name)
      .slice(0, limit)
      .map((one) => ({ ...one, firstLoadedAt: new Date(0) }));
  }

  private refusal(kind: VersionedDocument['kind'], version: NumberedVersion): Refusal[] {
    const [newest] = this.offered(kind, version.name);
    if (newest === undefined) return [];
    const known = this.versions.some((one) => one.name === version.name && one.digest === version.digest);
    return [refusalOf(version, { ...newest, known })].filter((one) => one !== null);
  }

  private offered(kind: VersionedDocument['kind'], name: string): VersionedDocument[] {
    const isDraft = ({ document }: VersionedDocument) => (document as { lifecycle?: string }).lifecycle === 'draft';
    return this.versions
      .filter((one) => one.kind === kind && one.name === name && !isDraft(one))
      .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  }
}
