import { Injectable } from '@nestjs/common';
import type { DocumentProblem } from '../platform/documents/index.js';
import { UnknownItem, UnknownRunbook } from './catalog.errors.js';
import type { CatalogItem } from './catalog-item.js';
import type { Runbook } from './runbook.js';

@Injectable()
export class Catalog {
  /** @throws UnknownItem with suggestions */
  item(name: string): CatalogItem {
    throw new UnknownItem(name, []);
  }

  findVersion(_name: string, _digest: string): Promise<CatalogItem | null> {
    return Promise.resolve(null);
  }

  findRunbookVersion(_name: string, _digest: string): Promise<Runbook | null> {
    return Promise.resolve(null);
  }

  list(): readonly CatalogItem[] {
    return [];
  }

  problems(): readonly DocumentProblem[] {
    return [];
  }

  runbook(name: string): Runbook {
    throw new UnknownRunbook(name, []);
  }

  runbooks(): readonly Runbook[] {
    return [];
  }

  /** Runbooks for a resource made from this item, the best fit first. */
  runbooksFor(_resource: { itemName: string; kind: string }): readonly Runbook[] {
    return [];
  }

  /** Names of items that look like what was typed, best first. */
  suggest(_text: string): readonly string[] {
    return [];
  }

  reload(): Promise<void> {
    return Promise.resolve();
  }
}
