import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import {
  Catalog,
  type CatalogItem,
  Expressions,
  type Form,
  formOf,
  isOffered,
  pageOfField,
  TypedForm,
} from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import type { OptionContext } from '../../options/index.js';
import { Policy, type Team } from '../../policy/index.js';
import { type Draft, type DraftForm, Drafts } from '../../requests/index.js';
import { metadataOf } from '../wire/parsed.js';
import { LAST_PAGE, PLAN_PAGE } from './form-places.js';
import { type FormState, pickItemModal, requestForm } from './request-form.view.js';
import { notOfferedModal } from './successor.view.js';

/** What a form carries about itself. */
export const formMetadata = z.object({ draft: z.string(), step: z.number(), page: z.string() });

/** What is wrong, by the path of the field; `lease` and `reason` for those two. */
export interface FormComplaint {
  readonly field: string;
  readonly message: string;
}

/** Gathers what a form shows: its pages as they are now, the teams and environments that come into question, what the person has. */
@Injectable()
export class RequestForms {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly drafts: Drafts,
    private readonly expressions: Expressions,
  ) {}

  /** What may be requested now, by title. */
  offered(): CatalogItem[] {
    return this.catalog.list().filter(isOffered);
  }

  picker(originChannelId: string | null): ModalView {
    return pickItemModal(this.offered(), originChannelId);
  }

  /** A new form; of what can't be had, why, and what to take instead. @throws UnknownItem */
  async blank(person: Person, itemName: string, originChannelId: string | null): Promise<ModalView> {
    const item = this.catalog.item(itemName);
    if (!isOffered(item)) return notOfferedModal(item, this.catalog.successorOf(item));
    const [team] = this.teamsFor(person);
    const [environment = ''] = this.environmentsOf(item);
    const content = { itemName, originChannelId, environment, teamId: team?.id ?? '', parameters: {}, reason: '' };
    const form = { values: {}, page: '', step: 0, seenTs: '' };
    const id = await this.drafts.save(person.id, { ...content, leaseHours: item.lease.defaultHours, form }, null);
    return this.again(person, await this.drafts.get(id, person.id));
  }

  /** The form again, with everything that was typed. @throws UnknownItem */
  again(person: Person, draft: Draft, notice?: string): ModalView {
    const state = this.state(person, draft);
    return requestForm({ ...state, ...(notice !== undefined && { notice }) });
  }

  /** The form at the page of the first thing that is wrong, with all that is wrong there. @throws UnknownItem */
  complaining(person: Person, draft: Draft, complaints: readonly FormComplaint[]): ModalView {
    const { page = '' } = draft.form ?? {};
    const state = this.state(person, draft);
    const inputs = new Set(fieldsOn(state.form, page));
    const elsewhere = complaints.filter(({ field }) => !inputs.has(field)).map(({ message }) => message);
    const problems = new Map(complaints.map(({ field, message }) => [field, message]));
    const notice = elsewhere.length > 0 ? elsewhere.join(' ') : 'Please look at what is marked below.';
    return requestForm({ ...state, problems, notice });
  }

  /**
   * What stands in a form that is open, for somebody who types into one of its menus. Slack sends the page as it was shown last, not
   * as it was filled in since; but what options depend on is told at once, and kept in the draft. @throws StaleControl, DraftGone, UnknownItem
   */
  async entered(person: Person, view: { readonly private_metadata: string }): Promise<OptionContext> {
    const draft = await this.drafts.get(metadataOf(view, formMetadata).draft, person.id);
    const { teamId, environment } = draft;
    const otherValues = this.formOf(person, draft).parameters;
    return { item: this.catalog.item(draft.itemName), person, teamId, environment, otherValues };
  }

  /** What a draft asks now. @throws UnknownItem */
  formOf(person: Person, draft: Draft): Form {
    const { id, name, email, timezone } = person;
    return formOf({
      item: this.catalog.item(draft.itemName),
      typed: typedOf(draft),
      context: {
        user: { name, email, timezone: timezone ?? 'UTC' },
        request: { team: draft.teamId, environment: draft.environment, requesterId: id },
      },
      expressions: this.expressions,
    });
  }

  private state(person: Person, draft: Draft): FormState {
    const item = this.catalog.item(draft.itemName);
    const form = this.formOf(person, draft);
    return {
      item,
      successor: this.catalog.successorOf(item),
      form,
      draft,
      ...placeIn(form, draft),
      teams: this.teamsFor(person),
      environments: this.environmentsOf(item),
    };
  }

  /** Somebody without a team may look; the rules will say in their own words what to do. */
  private teamsFor(person: Person): readonly Team[] {
    const own = this.policy.teamsOf(person);
    return own.length > 0 ? own : this.policy.teams();
  }

  private environmentsOf(item: CatalogItem): string[] {
    const all = this.policy.environments();
    return item.environments.filter((name) => all.includes(name));
  }
}

/** Where somebody is in a draft; in one that comes from elsewhere, at its end, and as if its parameters had been typed. */
export function placeOf({ form, parameters }: Draft): DraftForm {
  return form ?? { values: { ...TypedForm.of(parameters).values }, page: PLAN_PAGE, step: 0, seenTs: '' };
}

export function typedOf(draft: Draft): TypedForm {
  return new TypedForm(placeOf(draft).values);
}

/** All pages, and the one that is open: where somebody was, or the nearest there is now. */
export function placeIn(form: Form, draft: Pick<Draft, 'form'>): { pages: readonly string[]; page: string } {
  const ids = form.pages.map(({ id }) => id);
  const pages = ids.length === 1 ? ids : [...ids, LAST_PAGE];
  const [first = ''] = pages;
  const wanted = draft.form?.page ?? '';
  if (wanted === PLAN_PAGE || wanted === LAST_PAGE) return { pages, page: pages.at(-1) ?? first };
  return { pages, page: pages.includes(wanted) ? wanted : first };
}

/** The page on which something can be mended; the one that is open if it is about none. */
export function pageFor(form: Form, field: string, open: string): string {
  if (field === 'lease' || field === 'reason') return placeIn(form, {}).pages.at(-1) ?? open;
  return pageOfField(form, field)?.id ?? open;
}

/** The paths of the inputs on a page. */
export function fieldsOn(form: Form, page: string): string[] {
  const fields = form.pages.find(({ id }) => id === page)?.fields ?? [];
  return fields.filter(({ field }) => field.kind !== 'fixed' && field.kind !== 'secret').map(({ path }) => path);
}
