import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Approvals, StandingApprovals, Votes } from '../../approvals/index.js';
import { Policy } from '../../policy/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { code, dateWords } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { ReactionVotes } from './reaction-votes.js';
import { approvalsWords, SIMILAR, similarModal } from './standing.view.js';
import { REASON } from './vote-modals.view.js';

const ofModal = z.object({ approval: z.string() });
const option = z.object({ value: z.string() });
const entered = z.object({
  [SIMILAR.whom]: z.object({
    [SIMILAR.value]: z.object({ selected_option: z.object({ value: z.enum(['same', 'team']) }) }),
  }),
  [SIMILAR.count]: z.object({ [SIMILAR.value]: z.object({ value: z.coerce.number() }) }),
  [SIMILAR.varying]: z
    .object({ [SIMILAR.value]: z.object({ selected_options: z.array(option).nullish() }) })
    .optional(),
  [REASON.block]: z.object({ [REASON.action]: z.object({ value: z.string().nullish() }) }),
});

/** Approving similar ones for a day, and `/qm approvals`, which lists and revokes that. */
@Injectable()
export class StandingFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'approvals',
      usage: '',
      summary: 'what waits for your vote, and what you approved beforehand',
      inThreads: true,
      run: (call) => this.list(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly approvals: Approvals,
    private readonly votes: Votes,
    private readonly standing: StandingApprovals,
    private readonly reactions: ReactionVotes,
    private readonly policy: Policy,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.approveSimilar, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const approval = await this.approvals.get(clickedId(action));
      this.standing.assertMay(person, approval);
      await this.gateway.openView(triggerOf(body), similarModal(approval));
    });
    app.view(CALLBACKS.approveSimilar, async ({ view, context }) => this.grant(this.calls.of(context), view));
    app.action(ACTIONS.revokeStanding, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const { id, used } = await this.standing.revoke(clickedId(action), await call.person());
      await call.tell(
        `${code(id)} is revoked; it was used ${used} time${used === 1 ? '' : 's'}. What is decided stays.`,
      );
    });
  }

  private async list({ person, reply }: CommandCall): Promise<void> {
    const [waiting, standing] = await Promise.all([this.approvals.waitingFor(person), this.standing.list(person)]);
    const teams = new Map(this.policy.teams().map(({ id, title }) => [id, title]));
    await reply(approvalsWords(waiting, standing, (id) => teams.get(id) ?? id));
  }

  /** The vote is written down first; the standing approval rests on it, and is told of when it is there. */
  private async grant(call: Call, view: { private_metadata: string; state: { values: unknown } }): Promise<void> {
    const { approval: approvalId } = metadataOf(view, ofModal);
    const given = entered.parse(view.state.values);
    const reason = given[REASON.block][REASON.action].value ?? '';
    call.delivery.hold();
    const cast = await this.votes.write({ approvalId, personId: call.userId, choice: 'yes', reason });
    await call.delivery.ack({ response_action: 'clear' });
    const { kind, message, approval } = await this.votes.count(cast);
    if (kind === 'settled' || kind === 'not-eligible') {
      await call.tell(message);
      return;
    }
    const granted = await this.standing.grant({
      approvalId,
      person: await call.person(),
      requesters: given[SIMILAR.whom][SIMILAR.value].selected_option.value,
      maxCount: given[SIMILAR.count][SIMILAR.value].value,
      varying: (given[SIMILAR.varying]?.[SIMILAR.value].selected_options ?? []).map(({ value }) => value),
    });
    await this.reactions.after(approval);
    await call.tell(
      `${message} Similar ones are approved until ${dateWords(granted.expiresAt)}, ${granted.maxCount} at most: ${code(granted.id)}.`,
    );
  }
}
