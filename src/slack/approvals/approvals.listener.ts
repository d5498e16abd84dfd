import { Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { type Approval, Approvals, type VoteOutcome, Votes } from '../../approvals/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { APPROVAL_SURFACE } from '../cards/approval.cards.js';
import { CardPlaces } from '../cards/card-places.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { choiceOf, ReactionVotes } from './reaction-votes.js';
import { approveModal, denyModal, REASON } from './vote-modals.view.js';

const ofModal = z.object({ approval: z.string() });
const typed = z.object({ [REASON.block]: z.object({ [REASON.action]: z.object({ value: z.string().nullish() }) }) });
const onMessage = z.object({
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
});

interface Submitted {
  readonly private_metadata: string;
  readonly state: { readonly values: unknown };
}

/** Votes: by reaction on an approval's card, and by the buttons of any of its copies. */
@Injectable()
export class ApprovalsFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly places: CardPlaces,
    private readonly approvals: Approvals,
    private readonly votes: Votes,
    private readonly reactions: ReactionVotes,
  ) {}

  register(app: Listeners): void {
    app.event('reaction_added', ({ event }) => this.reacted(event));
    app.event('reaction_removed', ({ event }) => this.reacted(event));
    app.action(ACTIONS.approve, async ({ action, context }) =>
      this.vote(this.calls.of(context), { approvalId: clickedId(action), choice: 'yes', reason: '' }),
    );
    app.action(ACTIONS.takeVoteBack, async ({ action, context }) =>
      this.vote(this.calls.of(context), { approvalId: clickedId(action), choice: 'withdrawn', reason: '' }),
    );
    this.opens(app, ACTIONS.approveWithNote, approveModal);
    this.opens(app, ACTIONS.deny, denyModal);
    app.view(CALLBACKS.approveNote, async ({ view, context }) => this.submitted(this.calls.of(context), view, 'yes'));
    app.view(CALLBACKS.denyReason, async ({ view, context }) => this.submitted(this.calls.of(context), view, 'no'));
  }

  private opens(app: Listeners, action: string, modal: (approval: Approval) => ModalView): void {
    app.action(action, async ({ ack, action: clicked, body, context }) => {
      await ack();
      await this.calls.of(context).person();
      await this.gateway.openView(triggerOf(body), modal(await this.approvals.get(clickedId(clicked))));
    });
  }

  private async submitted(call: Call, view: Submitted, choice: 'yes' | 'no'): Promise<void> {
    const reason = typed.safeParse(view.state.values).data?.[REASON.block][REASON.action].value ?? '';
    const { approval: approvalId } = metadataOf(view, ofModal);
    await this.vote(call, { approvalId, choice, reason }, { response_action: 'clear' });
  }

  private async vote(
    call: Call,
    vote: { approvalId: string; choice: 'yes' | 'no' | 'withdrawn'; reason: string },
    acknowledgement?: object,
  ): Promise<void> {
    // Nobody acknowledges for us: what is not written down must look to the person like what it is, not done.
    call.delivery.hold();
    const written = await this.votes.write({ ...vote, personId: call.userId });
    await call.delivery.ack(acknowledgement);
    const outcome = await this.votes.count(written);
    await this.answer(call, outcome);
    await this.reactions.after(outcome.approval);
  }

  /** In any order, any number of times: the truth is read again. */
  private async reacted(event: unknown): Promise<void> {
    const parsed = onMessage.safeParse(event);
    if (!parsed.success || choiceOf(parsed.data.reaction) === null) return;
    const { channel, ts } = parsed.data.item;
    const card = await this.places.subjectOf({ channel, ts });
    // On the one card that all see: a copy has only its reader's reactions.
    if (card?.surface === APPROVAL_SURFACE) await this.reactions.sync(card.subject.id, { channel, ts });
  }

  /** What the card doesn't show by itself. */
  private async answer(call: Call, { kind, message }: VoteOutcome): Promise<void> {
    if (kind === 'settled' || kind === 'not-eligible') await call.tell(message);
  }
}
