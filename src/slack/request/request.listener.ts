import { Inject, Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { Catalog, validateParameters } from '../../catalog/index.js';
import { ENV, type Env } from '../../config/index.js';
import type { Person } from '../../identity/index.js';
import { CheckChoices } from '../../options/index.js';
import { currentTraceId, Logger } from '../../platform/logging/index.js';
import {
  type DraftContent,
  Drafts,
  InvalidParameters,
  PlanChanged,
  PreviewRequest,
  Requests,
  SubmitRequest,
} from '../../requests/index.js';
import { AppError, publicMessageOf } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { code } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, clickedValue, metadataOf, triggerOf } from '../wire/parsed.js';
import { formValues, pickedItem } from './form-values.js';
import { FORM } from './request-form.view.js';
import { formMetadata, RequestForms } from './request-forms.js';
import { planModal, sorryModal, workingModal } from './request-plan.view.js';

/** A plan that takes longer than this is shown when it is there. */
const PATIENCE_MILLISECONDS = 1_200;

const channel = z.string().nullable();
const ofPicker = z.object({ channel });
const ofPlan = z.object({ draft: z.string() });
const viewId = z.object({ view: z.object({ id: z.string() }) });

/** `/qm request`, its form, its plan, and sending it. */
@Injectable()
export class RequestFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'request',
      usage: '[item]',
      summary: 'request something from the catalog',
      inThreads: false,
      run: (call) => this.begin(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly forms: RequestForms,
    private readonly catalog: Catalog,
    private readonly drafts: Drafts,
    private readonly choices: CheckChoices,
    private readonly previews: PreviewRequest,
    private readonly submissions: SubmitRequest,
    private readonly requests: Requests,
    private readonly logger: Logger,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.requestItem, async ({ ack, action, body, context }) => {
      await ack();
      const call = this.calls.of(context);
      const item =
        'value' in action && typeof action.value === 'string' && action.value !== '' ? clickedValue(action) : undefined;
      await this.open(await call.person(), triggerOf(body), item, call.channelId ?? null);
    });
    app.shortcut({ callback_id: CALLBACKS.requestShortcut, type: 'shortcut' }, async ({ ack, shortcut, context }) => {
      await ack();
      await this.open(await this.calls.of(context).person(), shortcut.trigger_id, undefined, null);
    });
    app.view(CALLBACKS.pickItem, async ({ view, context }) => {
      const call = this.calls.of(context);
      const form = this.forms.blank(await call.person(), pickedItem(view), metadataOf(view, ofPicker).channel);
      await call.delivery.ack({ response_action: 'update', view: form });
    });
    app.view(CALLBACKS.requestForm, async ({ view, context }) => this.plan(this.calls.of(context), view));
    app.view(CALLBACKS.requestPlan, async ({ view, context }) => this.send(this.calls.of(context), view));
    app.action(ACTIONS.backToForm, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const draft = await this.drafts.get(clickedId(action), person.id);
      await this.gateway.updateView(viewId.parse(body).view.id, this.forms.again(person, draft));
    });
    app.action(ACTIONS.cancelRequest, async ({ action, context }) => {
      const call = this.calls.of(context);
      await this.requests.cancel({ id: clickedId(action), person: await call.person() });
      await call.delivery.ack();
    });
  }

  private async begin({ person, triggerId, text, channelId }: CommandCall): Promise<void> {
    const [word = ''] = text.split(/\s+/);
    await this.open(person, triggerId ?? '', word === '' ? undefined : word.toLowerCase(), channelId);
  }

  private async open(
    person: Person,
    triggerId: string,
    item: string | undefined,
    originChannelId: string | null,
  ): Promise<void> {
    const view =
      item === undefined ? this.forms.picker(originChannelId) : this.forms.blank(person, item, originChannelId);
    await this.gateway.openView(triggerId, view);
  }

  /** The form was filled in: its fields are judged at once, its plan is shown when it is there. */
  private async plan(
    call: Call,
    view: { id: string; private_metadata: string; state: { values: unknown } },
  ): Promise<void> {
    const person = await call.person();
    const { item: itemName, channel: originChannelId, team } = metadataOf(view, formMetadata);
    const item = this.catalog.item(itemName);
    const { teamId, ...given } = formValues(view);
    const checked = validateParameters(item, given.parameters);
    const errors = checked.ok ? [] : checked.errors;
    if (errors.length > 0)
      return call.delivery.ack({
        response_action: 'errors',
        errors: this.atFields(errors, Object.keys(given.parameters)),
      });
    if (!Number.isInteger(given.leaseHours) || given.leaseHours < 1 || given.leaseHours > item.lease.maxHours)
      return call.delivery.ack({
        response_action: 'errors',
        errors: { [FORM.lease]: `Choose between 1 and ${item.lease.maxHours} hours.` },
      });
    const draft: DraftContent = { ...given, itemName, teamId: teamId ?? team ?? '', originChannelId };
    const unoffered = await this.choices.problems({ ...draft, item, person });
    if (unoffered.length > 0)
      return call.delivery.ack({ response_action: 'errors', errors: this.atFields(unoffered, []) });
    await this.showPlan(call, person, view.id, draft);
  }

  private async showPlan(call: Call, person: Person, id: string, content: DraftContent): Promise<void> {
    const draftId = await this.drafts.save(person.id, content, null);
    const planned = this.planned(person, draftId, content);
    const patience = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MILLISECONDS, null).unref());
    const inTime = await Promise.race([planned, patience]);
    await call.delivery.ack({ response_action: 'update', view: inTime ?? workingModal() });
    if (inTime === null) await this.gateway.updateView(id, await planned);
  }

  /** The plan as a view; what keeps it from being made is a view too, with the way back to what was typed. */
  private async planned(person: Person, draftId: string, content: DraftContent): Promise<ModalView> {
    try {
      const preview = await this.previews.preview({ ...content, person });
      await this.drafts.setPlan(draftId, preview.plan.digest);
      return planModal(preview, draftId);
    } catch (error) {
      if (error instanceof InvalidParameters) {
        const sentences = error.errors.map(({ message }) => message).join(' ');
        return this.forms.again(person, await this.drafts.get(draftId, person.id), sentences);
      }
      if (!(error instanceof AppError)) this.logger.error('A plan could not be worked out', error);
      return sorryModal(publicMessageOf(error, currentTraceId()), draftId);
    }
  }

  /** Persist, then acknowledge. */
  private async send(call: Call, view: { private_metadata: string }): Promise<void> {
    const { draft: draftId } = metadataOf(view, ofPlan);
    const person = await call.person();
    try {
      const request = await this.submissions.submitDraft({ draftId, person, traceId: call.traceId });
      await call.delivery.ack({ response_action: 'clear' });
      if (request.originChannelId === null)
        await call.tell(
          `Your request ${code(request.id)} is on its way. \`${this.env.slackCommand} status ${request.id}\` says where it stands.`,
        );
    } catch (error) {
      if (!(error instanceof PlanChanged)) throw error;
      await this.drafts.setPlan(draftId, error.plan.digest);
      const item = this.catalog.item(error.plan.item.name);
      await call.delivery.ack({
        response_action: 'update',
        view: planModal({ item, plan: error.plan }, draftId, error.publicMessage),
      });
    }
  }

  /** Sentences at their fields; one about the whole form stands at the first. */
  private atFields(
    errors: readonly { field: string; message: string }[],
    names: readonly string[],
  ): Record<string, string> {
    const first = names[0] === undefined ? FORM.reason : `${FORM.parameter}${names[0]}`;
    return Object.fromEntries(
      errors.map(({ field, message }) => [field === '' ? first : `${FORM.parameter}${field}`, message]),
    );
  }
}
