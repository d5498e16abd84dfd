import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { Catalog, type Form } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { CheckChoices } from '../../options/index.js';
import type { Draft } from '../../requests/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { metadataOf } from '../wire/parsed.js';
import { blockOfParameter, FORM, PLAN_PAGE } from './form-places.js';
import { FormSteps, type Move, type SentPage } from './form-steps.js';
import { type FormValues, formValues } from './form-values.js';
import { skeletonOf } from './request-form.view.js';
import { type FormComplaint, fieldsOn, formMetadata, placeIn, RequestForms } from './request-forms.js';
import { RequestPlans } from './request-plans.js';

const shownView = z.object({
  id: z.string(),
  hash: z.string(),
  private_metadata: z.string(),
  state: z.object({ values: z.unknown() }),
});
const clickIn = z.object({ view: shownView, actions: z.array(z.object({ action_ts: z.string() })).min(1) });
type ShownView = z.infer<typeof shownView>;

/** The pages of a form: what depends on others shows at once, nothing that was typed is lost, errors lead to their page. */
@Injectable()
export class RequestFormFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly catalog: Catalog,
    private readonly choices: CheckChoices,
    private readonly forms: RequestForms,
    private readonly steps: FormSteps,
    private readonly plans: RequestPlans,
  ) {}

  register(app: Listeners): void {
    const moves: [action: string, move: Move][] = [
      [ACTIONS.formInput, 'stay'],
      [ACTIONS.previousPage, 'back'],
      [ACTIONS.addEntry, 'add'],
      [ACTIONS.removeEntry, 'remove'],
    ];
    for (const [action, move] of moves)
      app.action(action, async ({ ack, body, context }) => {
        await ack();
        const { view, actions } = clickIn.parse(body);
        await this.change(await this.calls.of(context).person(), view, actions[0]?.action_ts ?? '', move);
      });
    app.view(CALLBACKS.requestForm, async ({ view, context }) =>
      this.next(this.calls.of(context), shownView.parse(view)),
    );
  }

  /** Something was chosen, typed or clicked: what it changes about the form is shown. */
  private async change(person: Person, view: ShownView, ts: string, move: Move): Promise<void> {
    const before = this.sent(view, ts);
    const taken = await this.steps.take(person, before, move);
    if (taken.isLate) return;
    const shown = this.forms.again(person, taken.draft);
    const same = skeletonOf(shown) === skeletonOf(this.forms.again(person, taken.earlier));
    if (move === 'stay' && same) return;
    await this.show(person, view, taken.draft, shown);
  }

  /** An older picture never takes the place of a newer one: whoever changed the draft last shows it. */
  private async show(person: Person, { id, hash }: ShownView, draft: Draft, shown: ModalView): Promise<void> {
    if (await this.gateway.updateViewAt(id, hash, shown)) return;
    if (await this.steps.isNewest(person, draft)) await this.gateway.updateView(id, shown);
  }

  /** The button at the bottom: the page is judged, then comes the next, or the plan. */
  private async next(call: Call, view: ShownView): Promise<void> {
    const person = await call.person();
    const sent = this.sent(view, null);
    const { draft, form, isLate } = await this.steps.take(person, sent, 'stay');
    const { pages, page } = placeIn(form, draft);
    if (isLate)
      return draft.form?.page === PLAN_PAGE
        ? this.plans.show(call, person, view.id, draft)
        : this.answer(call, this.forms.again(person, draft));
    const complaints = await this.complaints(person, draft, form, sent.values);
    const here = inputErrors(form, page, complaints);
    if (Object.keys(here).length > 0) return call.delivery.ack({ response_action: 'errors', errors: here });
    const following = pages[pages.indexOf(page) + 1];
    if (following !== undefined) return this.turnTo(call, person, draft, following);
    if (complaints.length > 0) return this.leadBack(call, person, draft, complaints);
    const gone = await this.steps.goTo(person, draft, PLAN_PAGE);
    await this.plans.show(call, person, view.id, gone);
  }

  /** What is wrong with the whole form; what was looked up is asked about once more where it was chosen. */
  private async complaints(
    person: Person,
    draft: Draft,
    form: Form,
    { leaseHours }: FormValues,
  ): Promise<FormComplaint[]> {
    const item = this.catalog.item(draft.itemName);
    const isLease = leaseHours === undefined || (leaseHours >= 1 && leaseHours <= item.lease.maxHours);
    const lease = isLease ? [] : [{ field: 'lease', message: `Choose between 1 and ${item.lease.maxHours} hours.` }];
    const { page } = placeIn(form, draft);
    const open = form.pages.find(({ id }) => id === page)?.fields ?? [];
    if (open.every(({ field }) => field.optionsFrom === undefined)) return [...form.errors, ...lease];
    const unoffered = await this.choices.problems({ ...draft, person, item });
    return [...form.errors, ...unoffered, ...lease];
  }

  private async turnTo(call: Call, person: Person, draft: Draft, page: string): Promise<void> {
    const gone = await this.steps.goTo(person, draft, page);
    await this.answer(call, this.forms.again(person, gone));
  }

  private async leadBack(
    call: Call,
    person: Person,
    draft: Draft,
    complaints: readonly FormComplaint[],
  ): Promise<void> {
    const gone = await this.steps.leadTo(person, draft, complaints);
    await this.answer(call, this.forms.complaining(person, gone, complaints));
  }

  private answer(call: Call, view: ModalView): Promise<void> {
    return call.delivery.ack({ response_action: 'update', view });
  }

  private sent(view: ShownView, ts: string | null): SentPage {
    const { draft, step } = metadataOf(view, formMetadata);
    return { draftId: draft, step, ts, values: formValues(view) };
  }
}

/** Sentences by the block at which Slack shows them: those about inputs of this page. */
function inputErrors(form: Form, page: string, complaints: readonly FormComplaint[]): Record<string, string> {
  const fields = form.pages.find(({ id }) => id === page)?.fields ?? [];
  const asked = new Set(fieldsOn(form, page));
  const blocks = new Map(
    fields.flatMap((field) => (asked.has(field.path) ? [[field.path, blockOfParameter(field)] as const] : [])),
  );
  return Object.fromEntries(
    complaints.flatMap(({ field, message }) => {
      const block = field === 'lease' ? FORM.lease : blocks.get(field);
      return block === undefined ? [] : [[block, message]];
    }),
  );
}
