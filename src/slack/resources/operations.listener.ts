import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Expressions, type Form, formOf, type Operation, TypedForm, typedAfter } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { OperationControl, Operations, reasonWanted } from '../../lifecycle/index.js';
import type { Resource } from '../../resources/index.js';
import { ID_PATTERN, type JsonObject } from '../../shared/index.js';
import { ACTIONS, CALLBACKS, OPERATE } from '../action-ids.js';
import { blockOfParameter } from '../request/form-places.js';
import { formValues } from '../request/form-values.js';
import type { SlackFeature } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, clickedValue, metadataOf, StaleControl, triggerOf } from '../wire/parsed.js';
import { operationForm, operationPlan, REASON } from './resource-modals.view.js';

const ofForm = z.object({ resource: z.string(), name: z.string() });
const ofPlan = ofForm.extend({ parameters: z.record(z.string(), z.json()), reason: z.string(), digest: z.string() });

interface SubmittedView {
  readonly id: string;
  readonly private_metadata: string;
  readonly state: { values: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

/** The operations on a resource's card: form → plan → done, or asked for. */
@Injectable()
export class OperationsFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly operations: Operations,
    private readonly control: OperationControl,
    private readonly expressions: Expressions,
  ) {}

  register(app: Listeners): void {
    for (const id of OPERATE)
      app.action(id, async ({ ack, action, body, context }) => {
        await ack();
        await this.open(await this.calls.of(context).person(), clickedValue(action), triggerOf(body));
      });
    app.action(ACTIONS.cancelOperation, async ({ action, context }) => {
      const call = this.calls.of(context);
      const { title } = await this.control.cancel({ resourceId: clickedId(action), person: await call.person() });
      await call.delivery.ack();
      await call.tell(`*${escape(title, 150)}* is being stopped; what it changed is undone.`);
    });
    app.view(CALLBACKS.operationForm, async ({ view, context }) => this.entered(this.calls.of(context), view));
    app.view(CALLBACKS.operationPlan, async ({ view, context }) => this.agreed(this.calls.of(context), view));
  }

  private async open(person: Person, value: string, trigger: string): Promise<void> {
    const [resourceId = '', name = ''] = value.split('/');
    if (!ID_PATTERN.test(resourceId)) throw new StaleControl('This button is not from this version. Nothing was done.');
    const { resource, operation } = await this.operations.get(resourceId, name);
    const form = this.formFor(person, resource, operation, new TypedForm());
    if (form.pages.some(({ fields }) => fields.length > 0)) {
      await this.gateway.openView(trigger, operationForm(resource, operation, form));
      return;
    }
    const preview = await this.operations.preview({ resourceId, name, person, parameters: {}, reason: '' });
    await this.gateway.openView(trigger, operationPlan(preview, ''));
  }

  private async entered(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId, name } = metadataOf(view, ofForm);
    const person = await call.person();
    const { resource, operation } = await this.operations.get(resourceId, name);
    const shown = this.formFor(person, resource, operation, new TypedForm());
    const sent = formValues(view);
    const typed = typedAfter(new TypedForm(), shown, sent.parameters);
    const { parameters, errors, pages } = this.formFor(person, resource, operation, typed);
    if (errors.length > 0) return call.delivery.ack({ response_action: 'errors', errors: atBlocks(pages, errors) });
    const reason = sent.reason ?? '';
    const preview = await this.operations.preview({ resourceId, name, person, parameters, reason });
    const wanted = reasonWanted(preview.consumption);
    if (wanted !== null) return call.delivery.ack({ response_action: 'errors', errors: { [REASON.block]: wanted } });
    await call.delivery.ack({ response_action: 'update', view: operationPlan(preview, reason) });
  }

  private async agreed(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId, name, parameters, reason, digest } = metadataOf(view, ofPlan);
    const person = await call.person();
    const wish = { resourceId, name, person, parameters: parameters as JsonObject, reason };
    const about = { planDigest: digest, idempotencyKey: `view:${view.id}`, traceId: call.traceId };
    await this.operations.begin({ ...wish, ...about });
    await call.delivery.ack({ response_action: 'clear' });
  }

  private formFor(person: Person, resource: Resource, operation: Operation, typed: TypedForm): Form {
    const { name, email, timezone = 'UTC', id: requesterId } = person;
    const { teamId: team, environment } = resource;
    const context = { user: { name, email, timezone }, request: { team, environment, requesterId } };
    return formOf({ item: operation, typed, context, expressions: this.expressions });
  }
}

function atBlocks(pages: Form['pages'], errors: Form['errors']): Record<string, string> {
  const places = pages.flatMap(({ fields }) => fields);
  return Object.fromEntries(
    errors.map(({ field, message }) => {
      const place = places.find(({ path }) => path === field) ?? places[0];
      return [place === undefined ? 'reason' : blockOfParameter(place), message];
    }),
  );
}
