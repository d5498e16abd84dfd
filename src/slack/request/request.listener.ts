import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { EVERYTHING } from '../../browsing/index.js';
import type { Person } from '../../identity/index.js';
import { Drafts, SubmitRequest } from '../../requests/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { CatalogBrowser } from '../catalog/catalog-browser.js';
import { PlanOpener } from '../sending/plan-opener.js';
import { sendingModal } from '../sending/sending.view.js';
import { SendingLine } from '../sending/sending-line.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, clickedValue, metadataOf, shownModal, triggerOf } from '../wire/parsed.js';
import { pickedItem } from './form-values.js';
import { RequestForms } from './request-forms.js';

const channel = z.string().nullable();
const ofPicker = z.object({ channel });
const ofPlan = z.object({ draft: z.string() });
const MENU = 100;
/** Views that are done with once somebody requests from them. */
const REPLACED: readonly string[] = [CALLBACKS.itemDetails, CALLBACKS.notOffered];
const viewId = z.object({ view: z.object({ id: z.string() }) });

/** `/qm request`: what for, the way back from the plan to the form, and sending it. The form itself is `RequestFormFeature`. */
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
    private readonly opener: PlanOpener,
    private readonly line: SendingLine,
    private readonly drafts: Drafts,
    private readonly submissions: SubmitRequest,
    private readonly browser: CatalogBrowser,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.requestItem, async ({ ack, action, body, context }) => {
      await ack();
      const call = this.calls.of(context);
      const item =
        'value' in action && typeof action.value === 'string' && action.value !== '' ? clickedValue(action) : undefined;
      await this.open(await call.person(), { triggerId: triggerOf(body), body }, item, call.channelId ?? null);
    });
    app.shortcut({ callback_id: CALLBACKS.requestShortcut, type: 'shortcut' }, async ({ ack, shortcut, context }) => {
      await ack();
      await this.open(await this.calls.of(context).person(), { triggerId: shortcut.trigger_id }, undefined, null);
    });
    app.view(CALLBACKS.pickItem, async ({ view, context }) => {
      const call = this.calls.of(context);
      const form = await this.forms.blank(await call.person(), pickedItem(view), metadataOf(view, ofPicker).channel);
      await call.delivery.ack({ response_action: 'update', view: form });
    });
    app.view(CALLBACKS.requestPlan, async ({ view, context }) => this.send(this.calls.of(context), view));
    app.action(ACTIONS.backToForm, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const draft = await this.drafts.get(clickedId(action), person.id);
      await this.gateway.updateView(viewId.parse(body).view.id, this.forms.again(person, draft));
    });
  }

  private async begin({ person, triggerId, text, channelId }: CommandCall): Promise<void> {
    const [word = ''] = text.split(/\s+/);
    await this.open(person, { triggerId: triggerId ?? '' }, word === '' ? undefined : word.toLowerCase(), channelId);
  }

  /** In the place of an item's details, over any other modal that was clicked in, or as the first one. */
  private async open(
    person: Person,
    { triggerId, body }: { triggerId: string; body?: unknown },
    item: string | undefined,
    originChannelId: string | null,
  ): Promise<void> {
    const view =
      item === undefined
        ? await this.pick(person, originChannelId)
        : await this.forms.blank(person, item, originChannelId);
    const under = shownModal(body);
    if (under === null) await this.gateway.openView(triggerId, view);
    else if (REPLACED.includes(under.callback_id)) await this.gateway.updateView(under.id, view);
    else await this.gateway.pushView(triggerId, view);
  }

  /** A menu holds a hundred; a larger catalog is searched. */
  private async pick(person: Person, channel: string | null): Promise<ModalView> {
    if (this.forms.offered().length <= MENU) return this.forms.picker(channel);
    return this.browser.modal(person, { query: EVERYTHING, page: 0, channel });
  }

  /** Persist, then acknowledge. */
  private async send(call: Call, view: { id: string; private_metadata: string }): Promise<void> {
    const { draft: draftId } = metadataOf(view, ofPlan);
    const person = await call.person();
    const sent = { draftId, personId: person.id, viewId: view.id, traceId: call.traceId };
    try {
      const request = await this.line.openOrKeep(sent, () =>
        this.submissions.submitDraft({ draftId, person, traceId: call.traceId }),
      );
      await call.delivery.ack(
        request === null ? { response_action: 'update', view: sendingModal() } : { response_action: 'clear' },
      );
      if (request?.originChannelId === null) await call.tell(this.opener.whereItStands(request.id));
    } catch (error) {
      await call.delivery.ack({
        response_action: 'update',
        view: await this.opener.lookAgain(error, draftId, person),
      });
    }
  }
}
