import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { ENV, type Env } from '../../config/index.js';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { RequestQueue, Requests, UnknownRequest } from '../../requests/index.js';
import { Resources } from '../../resources/index.js';
import { ACTIONS } from '../action-ids.js';
import { RequestStates } from '../cards/request-state.js';
import type { CommandCall, SlackFeature, Subcommand, Words } from '../slack-feature.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId } from '../wire/parsed.js';
import { latestWords, queuedWords, statusWords } from './status.view.js';

/** `/qm status [request]` */
@Injectable()
export class StatusFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'status',
      usage: '[request]',
      summary: 'where your requests stand, and their trail',
      inThreads: true,
      onlyReads: true,
      run: (call) => this.status(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly requests: Requests,
    private readonly queue: RequestQueue,
    private readonly resources: Resources,
    private readonly states: RequestStates,
    private readonly audit: Audit,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  private readonly teamTitle = (teamId: string): string => this.policy.teamTitle(teamId);

  register(app: Listeners): void {
    app.action(ACTIONS.showStatus, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      await call.tell(await this.of(clickedId(action), await call.person()));
    });
  }

  /** By the id of the request, of its place in the queue, or of the resource it made. @throws UnknownRequest, also for those who may not see it */
  async of(id: string, person: Person): Promise<Words> {
    if (id.startsWith('que-')) return queuedWords(await this.queue.getFor(id, person), this.teamTitle);
    const requestId = id.startsWith('res-') ? (await this.resources.find(id))?.requestId : id;
    if (requestId === undefined || requestId === null) throw new UnknownRequest();
    const request = await this.requests.getFor(requestId, person);
    const [state, ofRequest, ofResource] = await Promise.all([
      this.states.of(request),
      this.audit.trail({ kind: 'request', id: request.id }),
      this.audit.trail({ kind: 'resource', id: request.resourceId }),
    ]);
    const trail = [...ofRequest, ...ofResource].sort((a, b) => a.at.getTime() - b.at.getTime());
    return statusWords(state, trail);
  }

  private async status({ text, person, reply }: CommandCall): Promise<void> {
    const [id = ''] = text.toLowerCase().replaceAll('`', '').split(/\s+/);
    if (id !== '') return reply(await this.of(id, person));
    const latest = (await this.requests.listFor(person)).map(async (request) => ({
      request,
      resource: await this.resources.find(request.resourceId),
    }));
    const places = await this.queue.waitingOf(person);
    return reply(latestWords(await Promise.all(latest), places, this.env.slackCommand, this.teamTitle));
  }
}
