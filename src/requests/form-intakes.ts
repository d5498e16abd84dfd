import { Injectable } from '@nestjs/common';
import { Catalog, secretProblem } from '../catalog/index.js';
import type { Tx } from '../platform/database/index.js';
import { IntakeHome, type IntakePlace } from '../secrets/index.js';
import { Drafts } from './drafts.js';

/** Binds one-time pages to the forms that ask for secrets: what the catalog says of a value, and the draft that keeps its reference. */
@Injectable()
export class FormIntakes extends IntakeHome {
  constructor(
    private readonly drafts: Drafts,
    private readonly catalog: Catalog,
  ) {
    super();
  }

  /** @throws DraftGone, UnknownItem */
  async problem({ draftId, personId, path }: IntakePlace, value: string): Promise<string | null> {
    const { itemName } = await this.drafts.get(draftId, personId);
    return secretProblem(this.catalog.item(itemName), path, value);
  }

  /** @throws DraftGone */
  keep(tx: Tx, place: IntakePlace, ref: string): Promise<void> {
    return this.drafts.keepSecret(tx, place, ref);
  }
}
