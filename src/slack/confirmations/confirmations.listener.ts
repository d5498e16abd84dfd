import { Injectable } from '@nestjs/common';
import { Confirmations } from '../../orchestrator/index.js';
import { ACTIONS } from '../action-ids.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, clickedMessage } from '../wire/parsed.js';
import { answeredWords } from './confirmations.view.js';

/** The answers to what steps ask. */
@Injectable()
export class ConfirmationsFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly confirmations: Confirmations,
  ) {}

  register(app: Listeners): void {
    const listen = (name: string, isYes: boolean): void => {
      app.action(name, async ({ action, body, context }) => {
        const call = this.calls.of(context);
        const person = await call.person();
        const { question } = await this.confirmations.give(clickedId(action), person.id, isYes);
        await call.delivery.ack();
        const words = answeredWords(question, person.id, isYes);
        const place = clickedMessage(body);
        if (place === null) await call.tell(words);
        else await this.gateway.update(place, words);
      });
    };
    listen(ACTIONS.confirm, true);
    listen(ACTIONS.refuse, false);
  }
}
