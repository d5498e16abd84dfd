import { Injectable } from '@nestjs/common';
import { Drafts } from '../../requests/index.js';
import { ACTIONS } from '../action-ids.js';
import { RequestForms } from '../request/request-forms.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, triggerOf } from '../wire/parsed.js';

const NOTICE = '🎫 You have the exception now. All is as you left it; look at the plan again.';

/** "Go on with it" on the message that an exception was granted: the form that was refused, filled in as it was. */
@Injectable()
export class GoOnListener implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly drafts: Drafts,
    private readonly forms: RequestForms,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.goOnWithDraft, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const { itemName, teamId, environment, parameters, reason, leaseHours, originChannelId, follows } =
        await this.drafts.get(clickedId(action), person.id);
      // A new one: the first may have been sent meanwhile, and would be sent only once.
      const wish = { itemName, teamId, environment, parameters, reason, leaseHours, originChannelId };
      const content = { ...wish, ...(follows !== undefined && { follows }) };
      const draft = await this.drafts.get(await this.drafts.save(person.id, content, null), person.id);
      await this.gateway.openView(triggerOf(body), this.forms.again(person, draft, NOTICE));
    });
  }
}
