import { Inject, Injectable } from '@nestjs/common';
import type { ModalView } from '@slack/web-api';
import { ENV, type Env } from '../../config/index.js';
import { Incidents, LeadIncident } from '../../incidents/index.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { code } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { incidentStatus } from './incident-card.view.js';
import { declareModal, resolveModal, severityModal } from './incident-modals.view.js';
import { incidentHelp, openIncidentsText, timelineText } from './incident-replies.view.js';
import { isSeverity, severityWords } from './incident-words.js';

type Answer = (call: CommandCall, rest: string) => Promise<void>;

/** `/qm incident …` */
@Injectable()
export class IncidentCommand implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'incident',
      usage: '[declare | status | list | timeline | severity | resolve]',
      summary: 'declare an incident and walk its playbook',
      inThreads: true,
      run: (call) => this.run(call),
    },
  ];

  private readonly answers: Readonly<Record<string, Answer>> = {
    declare: (call, rest) => this.open(call, declareModal({ title: rest })),
    status: async (call, rest) => {
      const incident = await this.meant(call, rest);
      await call.reply(incidentStatus(await this.incidents.view(incident.id)));
    },
    list: async (call) =>
      call.reply({ text: openIncidentsText(await this.incidents.listOpen(), this.env.slackCommand) }),
    timeline: async (call, rest) => {
      const incident = await this.meant(call, rest);
      await call.reply({ text: timelineText(incident, await this.incidents.timeline(incident.id)) });
    },
    severity: (call, rest) => this.severity(call, rest),
    resolve: async (call, rest) => this.open(call, resolveModal(await this.meant(call, rest))),
  };

  constructor(
    private readonly incidents: Incidents,
    private readonly lead: LeadIncident,
    private readonly gateway: SlackGateway,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  private async run(call: CommandCall): Promise<void> {
    const [word = '', ...rest] = call.text.split(/\s+/);
    const answer = Object.hasOwn(this.answers, word.toLowerCase()) ? this.answers[word.toLowerCase()] : undefined;
    if (answer !== undefined) return answer(call, rest.join(' '));
    const unknown = word === '' ? '' : `I don’t know ${code(word, 40)}. `;
    await call.reply({ text: `${unknown}${incidentHelp(this.env.slackCommand)}` });
  }

  private async severity(call: CommandCall, rest: string): Promise<void> {
    const wanted = rest.toLowerCase();
    const incident = await this.meant(call, '');
    if (!isSeverity(wanted)) return this.open(call, severityModal(incident));
    const { severity } = await this.lead.changeSeverity(incident.id, wanted, call.person);
    await call.reply({ text: `This incident is ${severityWords(severity)} now.` });
  }

  private meant(call: CommandCall, rest: string): ReturnType<Incidents['meant']> {
    return this.incidents.meant(rest === '' ? undefined : rest.toLowerCase(), call.channelId);
  }

  private async open(call: CommandCall, view: ModalView): Promise<void> {
    if (call.triggerId === undefined)
      await call.reply({ text: 'Slack opens no form from a thread. Type the command in the channel itself.' });
    else await this.gateway.openView(call.triggerId, view);
  }
}
