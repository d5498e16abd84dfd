import MiniSearch from 'minisearch';
import type { CatalogItem } from '../catalog/index.js';

interface Entry {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly tags: string;
}

/** So many are put in before others get their turn. */
const AT_A_TIME = 100;

/** Items by their words: whole ones first, then beginnings, then those with a slip of the fingers. */
export class ItemIndex {
  private readonly words = new MiniSearch<Entry>({
    idField: 'name',
    fields: ['name', 'title', 'summary', 'tags'],
    searchOptions: {
      combineWith: 'AND',
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      boost: { name: 4, title: 4, tags: 2 },
    },
  });
  private readonly digests = new Map<string, string>();

  /** Takes over what these are now: what has not changed costs nothing. */
  async follow(items: readonly CatalogItem[]): Promise<void> {
    const names = new Set(items.map(({ name }) => name));
    for (const name of this.digests.keys()) if (!names.has(name)) this.drop(name);
    const changed = items.filter(({ name, digest }) => this.digests.get(name) !== digest);
    for (const { name } of changed) if (this.digests.has(name)) this.drop(name);
    for (const { name, digest } of changed) this.digests.set(name, digest);
    await this.words.addAllAsync(changed.map(entryOf), { chunkSize: AT_A_TIME });
  }

  /** Names with how well they fit, the best first. */
  find(words: string): readonly { readonly name: string; readonly score: number }[] {
    return this.words.search(words).map(({ id, score }) => ({ name: String(id), score }));
  }

  private drop(name: string): void {
    this.digests.delete(name);
    this.words.discard(name);
  }
}

function entryOf({ name, title, summary, tags }: CatalogItem): Entry {
  return { name, title, summary, tags: tags.join(' ') };
}
