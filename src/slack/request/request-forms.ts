import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { Catalog, type CatalogItem, formFields } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import type { Draft } from '../../requests/index.js';
import { Resources } from '../../resources/index.js';
import { type FormState, pickItemModal, requestForm } from './request-form.view.js';

/** Gathers what a form shows: the teams and environments that come into question, and what the person has already. */
@Injectable()
export class RequestForms {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly resources: Resources,
  ) {}

  /** What may be requested now, by title. */
  offered(): CatalogItem[] {
    return this.catalog.list().filter(({ lifecycle }) => lifecycle === 'active' || lifecycle === 'deprecated');
  }

  picker(originChannelId: string | null): ModalView {
    return pickItemModal(this.offered(), originChannelId);
  }

  /** @throws UnknownItem */
  async blank(person: Person, itemName: string, originChannelId: string | null): Promise<ModalView> {
    return requestForm(await this.state(person, this.catalog.item(itemName), originChannelId));
  }

  /** The form again, with everything that was typed. @throws UnknownItem */
  async again(person: Person, draft: Draft, notice?: string): Promise<ModalView> {
    const state = await this.state(person, this.catalog.item(draft.itemName), draft.originChannelId);
    return requestForm({ ...state, typed: draft, ...(notice !== undefined && { notice }) });
  }

  private async state(person: Person, item: CatalogItem, originChannelId: string | null): Promise<FormState> {
    const own = this.policy.teamsOf(person);
    const all = this.policy.environments();
    return {
      item,
      // Somebody without a team may look; the rules will say in their own words what to do.
      teams: own.length > 0 ? own : this.policy.teams(),
      environments: item.environments.filter((name) => all.includes(name)),
      known: await this.known(person, item),
      originChannelId,
    };
  }

  private async known(person: Person, item: CatalogItem): Promise<FormState['known']> {
    const kinds = new Set(
      formFields(item).flatMap(({ optionsFrom }) => (optionsFrom === undefined ? [] : [optionsFrom.resources])),
    );
    if (kinds.size === 0) return new Map();
    const mine = await this.resources.listFor(person);
    return new Map(
      [...kinds].map((kind) => {
        const named = mine.flatMap(({ kind: its, state, title, parameters: { name } }) =>
          its === kind && state === 'active' && typeof name === 'string'
            ? [[name, { value: name, title }] as const]
            : [],
        );
        return [kind, [...new Map(named).values()]];
      }),
    );
  }
}
