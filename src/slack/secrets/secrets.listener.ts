import { Injectable } from '@nestjs/common';
import { Resources } from '../../resources/index.js';
import { SecretDeliveries } from '../../secrets/index.js';
import { ID_PATTERN } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { SlackFeature, Words } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, clickedMessage, clickedValue, StaleControl } from '../wire/parsed.js';
import { answeredWords, deliveryWords } from './secrets.view.js';

/** Show me how: the way to the credentials, for their person only. The value never comes near Slack. */
@Injectable()
export class SecretsFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly resources: Resources,
    private readonly deliveries: SecretDeliveries,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.showHow, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      await call.tell(await this.way(call, clickedId(action)));
    });
    app.action(ACTIONS.isMe, async ({ action, body, context }) => {
      const call = this.calls.of(context);
      const { deliveryId, number } = confirmation(clickedValue(action));
      await this.deliveries.confirm({ deliveryId, personId: (await call.person()).id, number });
      await call.delivery.ack();
      await this.answered(body, call, true);
    });
    app.action(ACTIONS.isNotMe, async ({ action, body, context }) => {
      const call = this.calls.of(context);
      await this.deliveries.reject({ deliveryId: clickedId(action), personId: (await call.person()).id });
      await call.delivery.ack();
      await this.answered(body, call, false);
    });
  }

  private async way(call: Call, resourceId: string): Promise<Words> {
    const person = await call.person();
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'fetch-secret', resource);
    const { title, state, secretRef, id } = resource;
    if (state !== 'active' || secretRef === null)
      return { text: 'There are no credentials to fetch: it is not in use (any more), or has none.' };
    const delivery = await this.deliveries.issue({
      ref: secretRef,
      personId: person.id,
      subject: { kind: 'resource', id },
      title,
      traceId: call.traceId,
    });
    return deliveryWords(title, delivery);
  }

  /** The question is answered: its buttons go. */
  private async answered(body: unknown, call: Call, isMe: boolean): Promise<void> {
    const place = clickedMessage(body);
    if (place === null) await call.tell(answeredWords(isMe));
    else await this.gateway.update(place, answeredWords(isMe));
  }
}

function confirmation(value: string): { deliveryId: string; number: string } {
  const [deliveryId = '', number = ''] = value.split(':');
  if (!ID_PATTERN.test(deliveryId) || !/^\d{1,6}$/.test(number))
    throw new StaleControl(
      'This button is not from this version of Quartermaster. Nothing was done; press Show me how again.',
    );
  return { deliveryId, number };
}
