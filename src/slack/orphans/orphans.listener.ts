import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Orphans } from '../../lifecycle/index.js';
import { Policy } from '../../policy/index.js';
import { Clock } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { IGNORED_WORD, ignoredWords, ignoreOrphanModal, orphansWords, UNTIL } from './orphans.view.js';

const about = z.object({ run: z.string() });
const chosen = z.object({ [UNTIL.block]: z.object({ [UNTIL.action]: z.object({ selected_date: z.iso.date() }) }) });
const WEEK_MILLISECONDS = 7 * 86_400_000;

/** `/qm orphans`, and what is decided about each: for those who run the platform. */
@Injectable()
export class OrphansFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'orphans',
      usage: '[ignored]',
      summary: 'what was left behind and belongs to nobody, or what is ignored of it; for platform engineers',
      inThreads: true,
      run: (call) => this.show(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly orphans: Orphans,
    private readonly policy: Policy,
    private readonly clock: Clock,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.removeOrphan, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const { traceId } = call;
      const { title } = await this.orphans.remove({ runId: clickedId(action), person: await call.person(), traceId });
      await call.tell(`What is left of *${escape(title, 200)}* is being removed; the card shows how it goes.`);
    });
    app.action(ACTIONS.ignoreOrphan, async ({ ack, action, body }) => {
      await ack();
      const inAWeek = new Date(this.clock.now().getTime() + WEEK_MILLISECONDS).toISOString().slice(0, 10);
      await this.gateway.openView(triggerOf(body), ignoreOrphanModal(clickedId(action), inAWeek));
    });
    app.action(ACTIONS.heedOrphan, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const { traceId } = call;
      const person = await call.person();
      const { title } = await this.orphans.stopIgnoring({ runId: clickedId(action), person, traceId });
      await call.tell(`What is left of *${escape(title, 200)}* is back on the card.`);
    });
    app.view(CALLBACKS.ignoreOrphan, async ({ view, context }) => {
      const call = this.calls.of(context);
      const { run: runId } = metadataOf(view, about);
      const day = chosen.parse(view.state.values)[UNTIL.block][UNTIL.action].selected_date;
      const until = new Date(`${day}T00:00:00Z`);
      await this.orphans.ignore({ runId, person: await call.person(), traceId: call.traceId, until });
      await call.delivery.ack({ response_action: 'clear' });
      await call.tell(`Ignored until ${escape(day)}.`);
    });
  }

  private async show({ person, text, reply }: CommandCall): Promise<void> {
    const teamTitle = (team: string): string => this.policy.teamTitle(team);
    await reply(
      text.trim().toLowerCase() === IGNORED_WORD
        ? ignoredWords(await this.orphans.ignored(person), teamTitle)
        : orphansWords(await this.orphans.lookNow(person), teamTitle),
    );
  }
}
