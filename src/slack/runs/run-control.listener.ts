import { Injectable } from '@nestjs/common';
import { HelpDesk, Runs } from '../../orchestrator/index.js';
import { RequestControl, type RequestRecord, Requests } from '../../requests/index.js';
import { ACTIONS } from '../action-ids.js';
import type { SlackFeature } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { uploadFile } from '../web/upload-file.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId } from '../wire/parsed.js';
import { logOf } from './run-log.js';

/** The buttons on a request that is made, or stopped half-way: cancel, retry from here, roll back, get help, full log. */
@Injectable()
export class RunControlFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly control: RequestControl,
    private readonly requests: Requests,
    private readonly runs: Runs,
    private readonly help: HelpDesk,
  ) {}

  register(app: Listeners): void {
    // Written down before the click is acknowledged; the card then says the rest.
    app.action(ACTIONS.cancelRequest, async ({ action, context }) => {
      const call = this.calls.of(context);
      await this.control.cancel({ id: clickedId(action), person: await call.person() });
      await call.delivery.ack();
    });
    app.action(ACTIONS.retryRun, async ({ action, context }) => {
      const call = this.calls.of(context);
      await this.control.retry({ id: clickedId(action), person: await call.person() });
      await call.delivery.ack();
    });
    app.action(ACTIONS.rollBackRun, async ({ action, context }) => {
      const call = this.calls.of(context);
      await this.control.rollBack({ id: clickedId(action), person: await call.person() });
      await call.delivery.ack();
    });
    app.action(ACTIONS.getHelp, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const team = await this.help.call({ id: clickedId(action), person: await call.person() });
      await call.tell(
        `${escape(team.title)} has been asked, here in the thread and in their channel, with what is known.`,
      );
    });
    app.action(ACTIONS.fullLog, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const person = await call.person();
      await call.tell(await this.sendLog(await this.requests.getFor(clickedId(action), person), person.id));
    });
  }

  /** Into the direct messages of whoever wants it. */
  private async sendLog({ id, runId }: RequestRecord, personId: string): Promise<string> {
    const run = runId === null ? null : await this.runs.find(runId);
    if (run === null) return 'Nothing has run yet, so there is no log.';
    const text = logOf(run, await this.runs.output(run.id));
    await uploadFile(this.gateway.client, {
      channelId: await this.gateway.directChannel(personId),
      name: `${id}-${run.id}.log.txt`,
      title: `Log of ${id}`,
      bytes: Buffer.from(text, 'utf8'),
      comment: `The log of ${id}, as you asked.`,
    });
    return 'The log is in our direct messages.';
  }
}
