import { type CatalogItem, Expressions, formOf, TypedForm } from '../../src/catalog/index.js';
import type { Team } from '../../src/policy/index.js';
import type { Draft } from '../../src/requests/index.js';
import type { Json } from '../../src/shared/index.js';
import type { FormState } from '../../src/slack/request/request-form.view.js';
import { placeIn } from '../../src/slack/request/request-forms.js';

const expressions = new Expressions();

export interface FormWish {
  readonly item: CatalogItem;
  readonly teams: readonly Team[];
  /** By path, as typed. */
  readonly values?: Readonly<Record<string, Json>>;
  readonly page?: string;
  readonly draft?: Partial<Draft>;
  readonly notice?: string;
  readonly problems?: ReadonlyMap<string, string>;
}

/** A form as somebody called Ada would see it. */
export function formState({ item, teams, values = {}, page = '', draft: change = {}, ...said }: FormWish): FormState {
  const draft: Draft = {
    id: 'drf-00000001',
    personId: 'U0ADA',
    itemName: item.name,
    teamId: teams[0]?.id ?? '',
    environment: item.environments[0] ?? '',
    parameters: {},
    reason: '',
    leaseHours: item.lease.defaultHours,
    originChannelId: 'C0PAYMENTS',
    planDigest: null,
    version: 1,
    form: { values: { ...values }, page, step: 0, seenTs: '' },
    ...change,
  };
  const form = formOf({
    item,
    typed: new TypedForm(values),
    context: {
      user: { name: 'Ada', email: 'ada@quartermaster.test', timezone: 'Europe/London' },
      request: { team: draft.teamId, environment: draft.environment, requesterId: draft.personId },
    },
    expressions,
  });
  return { item, teams, environments: item.environments, draft, form, ...placeIn(form, draft), ...said };
}
