import { Injectable } from '@nestjs/common';
import { Approvals } from '../../approvals/index.js';
import { Drafts, type RequestRecord, Successions } from '../../requests/index.js';
import { ACTIONS } from '../action-ids.js';
import { RequestForms } from '../request/request-forms.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, triggerOf } from '../wire/parsed.js';

/** "Change…" on a request that waits, "Change and ask again…" on one that is over: its form, filled in as it was, and what that means. */
@Injectable()
export class AskAgainListener implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly successions: Successions,
    private readonly approvals: Approvals,
    private readonly drafts: Drafts,
    private readonly forms: RequestForms,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.changeAndAskAgain, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const request = await this.successions.repeatable(clickedId(action), person.id);
      const { itemName, teamId, environment, parameters, reason, leaseHours, originChannelId } = request;
      const wish = { itemName, teamId, environment, parameters, reason, leaseHours, originChannelId };
      const content = { ...wish, follows: request.id };
      const draft = await this.drafts.get(await this.drafts.save(person.id, content, null), person.id);
      const view = this.forms.again(person, draft, await this.why(request));
      await this.gateway.openView(triggerOf(body), view);
    });
  }

  private async why({ state, approvalId, failure }: RequestRecord): Promise<string> {
    if (state === 'awaiting-approval')
      return 'It waits for approval. Sent changed, it takes the place of the one that waits: that is withdrawn, votes on it are void, and all are asked anew.';
    if (state === 'expired') return 'It expired before enough people agreed. Change what you like, and ask again.';
    if (state === 'failed')
      return `It failed: ${failure?.what ?? 'for a reason unknown.'} Change what is needed, and ask again.`;
    if (state === 'cancelled') return 'It was cancelled. Change what you like, and ask again.';
    const approval = approvalId === null ? null : await this.approvals.find(approvalId);
    const reason = approval?.decidedReason ?? null;
    const because = reason === null ? 'It was denied.' : `It was denied: “${reason}”.`;
    return `${because} Change what is needed, and ask again.`;
  }
}
