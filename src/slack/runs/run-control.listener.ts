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
import { logOf, type RunTrail } from './run-log.js';

/** Of a resource that lives long. The newest. */
const MOST_RUNS = 50;

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

  /** Into the direct messages of whoever wants it: all that was done for the request, and since then to what it made. */
  private async sendLog({ id, resourceId }: RequestRecord, personId: string): Promise<string> {
    const about = [
      { kind: 'request' as const, id },
      { kind: 'resource' as const, id: resourceId },
    ];
    const trails: RunTrail[] = [];
    for (const runId of (await this.runs.runsOf(about)).slice(-MOST_RUNS)) {
      const [run, output, attempts] = await Promise.all([
        this.runs.get(runId),
        this.runs.output(runId),
        this.runs.attempts(runId),
      ]);
      trails.push({ run, output, attempts });
    }
    if (trails.length === 0) return 'Nothing has run yet, so there is no log.';
    await uploadFile(this.gateway.client, {
      channelId: await this.gateway.directChannel(personId),
      name: `${id}.log.txt`,
      title: `Log of ${id}`,
      bytes: Buffer.from(logOf(trails), 'utf8'),
      comment: `The log of ${id}, as you asked.`,
    });
    return 'The log is in our direct messages.';
  }
}
