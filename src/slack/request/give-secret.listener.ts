import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { Catalog, secretParameter } from '../../catalog/index.js';
import { People } from '../../identity/index.js';
import { Drafts } from '../../requests/index.js';
import { SecretIntakes } from '../../secrets/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { metadataOf, StaleControl } from '../wire/parsed.js';
import { FORM, PLAN_PAGE, parameterOfBlock } from './form-places.js';
import { FormSteps } from './form-steps.js';
import { formValues } from './form-values.js';
import { giveSecretModal, NUMBER, secretConfirmedModal } from './give-secret.view.js';
import { formMetadata, RequestForms } from './request-forms.js';

const click = z.object({
  view: z.object({ id: z.string(), private_metadata: z.string(), state: z.object({ values: z.unknown() }) }),
  actions: z.array(z.object({ action_ts: z.string(), block_id: z.string() })).min(1),
});
const ofPage = z.object({ draft: z.string(), intake: z.string() });
const typedNumber = z.object({
  values: z.object({ [NUMBER]: z.object({ [FORM.value]: z.object({ value: z.string().nullish() }) }) }),
});

/** Secret parameters: the form gives a one-time page, hears the number it shows, and goes on when the value was given there. */
@Injectable()
export class GiveSecretFeature implements SlackFeature, OnModuleInit {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly catalog: Catalog,
    private readonly people: People,
    private readonly drafts: Drafts,
    private readonly forms: RequestForms,
    private readonly steps: FormSteps,
    private readonly intakes: SecretIntakes,
  ) {}

  onModuleInit(): void {
    this.intakes.onGiven((intake) => this.showForm(intake));
  }

  register(app: Listeners): void {
    app.action(ACTIONS.giveSecret, async ({ ack, body, context }) => {
      await ack();
      await this.offer(this.calls.of(context), click.parse(body));
    });
    app.view(CALLBACKS.giveSecret, async ({ view, context }) => this.confirm(this.calls.of(context), view));
  }

  /** What was typed so far is kept, and the way to the page takes the form's place. */
  private async offer(call: Call, { view, actions: [clicked] }: z.infer<typeof click>): Promise<void> {
    const person = await call.person();
    const { draft: draftId, step } = metadataOf(view, formMetadata);
    const sent = { draftId, step, ts: clicked?.action_ts ?? '', values: formValues(view) };
    const { draft } = await this.steps.take(person, sent, 'stay');
    const item = this.catalog.item(draft.itemName);
    const path = parameterOfBlock(clicked?.block_id ?? '')?.path ?? '';
    const parameter = secretParameter(item, path);
    if (parameter === undefined)
      throw new StaleControl('This form is from another version of the catalog. Nothing was done; please begin again.');
    const { label, hint, isMultiline } = parameter;
    const page = await this.intakes.issue({
      personId: person.id,
      draftId,
      path,
      label,
      hint,
      isMultiline,
      about: item.title,
      screen: view.id,
      traceId: call.traceId,
    });
    await this.gateway.updateView(view.id, giveSecretModal({ draftId, label, itemTitle: item.title }, page));
  }

  private async confirm(call: Call, view: { private_metadata: string; state: unknown }): Promise<void> {
    const { draft, intake } = metadataOf(view, ofPage);
    const person = await call.person();
    const number = typedNumber.parse(view.state).values[NUMBER][FORM.value].value?.trim() ?? '';
    const problem = await this.intakes.confirm({ id: intake, personId: person.id, number });
    if (problem === null) return call.delivery.ack({ response_action: 'update', view: secretConfirmedModal(draft) });
    await call.delivery.ack({ response_action: 'errors', errors: { [NUMBER]: problem } });
  }

  /** The form again in its own place, with the secret said to be given; unless its person went on to the plan meanwhile. */
  private async showForm(given: { personId: string; draftId: string; screen: string | null }): Promise<void> {
    if (given.screen === null) return;
    const person = await this.people.get(given.personId);
    const draft = await this.drafts.get(given.draftId, person.id);
    if (draft.form?.page === PLAN_PAGE) return;
    await this.gateway.updateView(given.screen, this.forms.again(person, draft));
  }
}
