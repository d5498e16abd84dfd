import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Approvals, type VoteOutcome } from '../../approvals/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { CardPlaces } from '../cards/card-places.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { DENIAL, denyModal } from './deny.view.js';
import { choiceOf, ReactionVotes } from './reaction-votes.js';

const ofModal = z.object({ approval: z.string() });
const typed = z.object({ [DENIAL.block]: z.object({ [DENIAL.action]: z.object({ value: z.string().nullish() }) }) });
const onMessage = z.object({
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
});

/** Votes: by reaction on an approval's card, and by its buttons. */
@Injectable()
export class ApprovalsFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly places: CardPlaces,
    private readonly approvals: Approvals,
    private readonly reactions: ReactionVotes,
  ) {}

  register(app: Listeners): void {
    app.event('reaction_added', ({ event }) => this.reacted(event));
    app.event('reaction_removed', ({ event }) => this.reacted(event));
    app.action(ACTIONS.approve, async ({ action, context }) => {
      const call = this.calls.of(context);
      const outcome = await this.approvals.vote({
        approvalId: clickedId(action),
        voter: await call.person(),
        choice: 'yes',
        via: 'button',
      });
      await call.delivery.ack();
      await this.answer(call, outcome);
    });
    app.action(ACTIONS.deny, async ({ ack, action, body, context }) => {
      await ack();
      const call = this.calls.of(context);
      await call.person();
      const approval = await this.approvals.get(clickedId(action));
      await this.gateway.openView(triggerOf(body), denyModal(approval));
    });
    app.view(CALLBACKS.denyReason, async ({ view, context }) => {
      const call = this.calls.of(context);
      const reason = typed.safeParse(view.state.values).data?.[DENIAL.block][DENIAL.action].value ?? '';
      const { approval: approvalId } = metadataOf(view, ofModal);
      const outcome = await this.approvals.vote({
        approvalId,
        voter: await call.person(),
        choice: 'no',
        via: 'button',
        reason,
      });
      await call.delivery.ack({ response_action: 'clear' });
      await this.answer(call, outcome);
    });
  }

  /** In any order, any number of times: the truth is read again. */
  private async reacted(event: unknown): Promise<void> {
    const parsed = onMessage.safeParse(event);
    if (!parsed.success || choiceOf(parsed.data.reaction) === null) return;
    const { channel, ts } = parsed.data.item;
    const card = await this.places.subjectOf({ channel, ts });
    if (card?.subject.kind === 'approval') await this.reactions.sync(card.subject.id, { channel, ts });
  }

  /** What the card doesn't show by itself. */
  private async answer(call: Call, { kind, message }: VoteOutcome): Promise<void> {
    if (kind === 'settled' || kind === 'not-eligible') await call.tell(message);
  }
}
