import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { Catalog, type CatalogItem } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import type { OptionContext } from '../../options/index.js';
import { Policy } from '../../policy/index.js';
import type { Draft } from '../../requests/index.js';
import { metadataOf } from '../wire/parsed.js';
import { formValues } from './form-values.js';
import { type FormState, pickItemModal, requestForm } from './request-form.view.js';

const channel = z.string().nullable();
/** What a form carries about itself. */
export const formMetadata = z.object({ item: z.string(), channel, team: z.string().nullable() });

/** Gathers what a form shows: the teams and environments that come into question. */
@Injectable()
export class RequestForms {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
  ) {}

  /** What may be requested now, by title. */
  offered(): CatalogItem[] {
    return this.catalog.list().filter(({ lifecycle }) => lifecycle === 'active' || lifecycle === 'deprecated');
  }

  picker(originChannelId: string | null): ModalView {
    return pickItemModal(this.offered(), originChannelId);
  }

  /** @throws UnknownItem */
  blank(person: Person, itemName: string, originChannelId: string | null): ModalView {
    return requestForm(this.state(person, this.catalog.item(itemName), originChannelId));
  }

  /** The form again, with everything that was typed. @throws UnknownItem */
  again(person: Person, draft: Draft, notice?: string): ModalView {
    const state = this.state(person, this.catalog.item(draft.itemName), draft.originChannelId);
    return requestForm({ ...state, typed: draft, ...(notice !== undefined && { notice }) });
  }

  /** What stands in a form that is open. @throws StaleControl, UnknownItem */
  entered(view: { private_metadata: string; state: { values: unknown } }): Omit<OptionContext, 'person'> {
    const { item, team } = metadataOf(view, formMetadata);
    const { teamId, environment, parameters } = formValues(view);
    return { item: this.catalog.item(item), teamId: teamId ?? team ?? '', environment, otherValues: parameters };
  }

  private state(person: Person, item: CatalogItem, originChannelId: string | null): FormState {
    const own = this.policy.teamsOf(person);
    const all = this.policy.environments();
    return {
      item,
      // Somebody without a team may look; the rules will say in their own words what to do.
      teams: own.length > 0 ? own : this.policy.teams(),
      environments: item.environments.filter((name) => all.includes(name)),
      originChannelId,
    };
  }
}
