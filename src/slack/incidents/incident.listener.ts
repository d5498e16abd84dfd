import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { DeclareIncident, Incidents, LeadIncident, ResolveIncident } from '../../incidents/index.js';
import { Resources } from '../../resources/index.js';
import type { SlackFeature } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, triggerOf } from '../wire/parsed.js';
import { INCIDENT_ACTIONS } from './incident-card.view.js';
import {
  INCIDENT_CALLBACKS,
  INCIDENT_INPUTS,
  RESOURCE_OPTIONS,
  resolveModal,
  resourceOptions,
  severityModal,
} from './incident-modals.view.js';
import { SEVERITIES, severityWords } from './incident-words.js';

const option = z.object({ value: z.string() });
const inputs = z.object({
  [INCIDENT_INPUTS.title]: z.object({
    [INCIDENT_INPUTS.title]: z.object({ value: z.string().trim().min(1).max(200) }),
  }),
  [INCIDENT_INPUTS.severity]: z.object({
    [INCIDENT_INPUTS.severity]: z.object({ selected_option: z.object({ value: z.enum(SEVERITIES) }) }),
  }),
  [INCIDENT_INPUTS.resource]: z.object({ [RESOURCE_OPTIONS]: z.object({ selected_option: option.nullish() }) }),
  [INCIDENT_INPUTS.description]: z.object({
    [INCIDENT_INPUTS.description]: z.object({ value: z.string().max(3000).nullish() }),
  }),
});
const severityInput = inputs.pick({ severity: true });
const summaryInput = z.object({
  [INCIDENT_INPUTS.summary]: z.object({ [INCIDENT_INPUTS.summary]: z.object({ value: z.string().max(3000) }) }),
});

/** The forms of incidents, and the buttons of their card. */
@Injectable()
export class IncidentListener implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly incidents: Incidents,
    private readonly declaring: DeclareIncident,
    private readonly lead: LeadIncident,
    private readonly resolving: ResolveIncident,
    private readonly resources: Resources,
  ) {}

  register(app: Listeners): void {
    this.registerForms(app);
    this.registerButtons(app);
    app.options(RESOURCE_OPTIONS, async ({ ack, options, context }) => {
      const person = await this.calls.of(context).person();
      const typed = options.value.toLowerCase();
      const visible = await this.resources.listVisible(person);
      const fitting = visible.filter(({ id, title, environment }) =>
        `${id} ${title} ${environment}`.toLowerCase().includes(typed),
      );
      await ack({ options: resourceOptions(fitting) });
    });
  }

  private registerForms(app: Listeners): void {
    app.view(INCIDENT_CALLBACKS.declare, async ({ view, context }) => {
      const call = this.calls.of(context);
      const typed = inputs.parse(view.state.values);
      const resourceId = typed.resource[RESOURCE_OPTIONS].selected_option?.value;
      const incident = await this.declaring.declare({
        person: await call.person(),
        title: typed.title.title.value,
        severity: typed.severity.severity.selected_option.value,
        description: typed.description.description.value ?? '',
        ...(resourceId !== undefined && { resourceId }),
        traceId: call.traceId,
        idempotencyKey: `view:${view.id}`,
      });
      await call.delivery.ack();
      await call.tell(
        `${severityWords(incident.severity)}: *${escape(incident.title, 200)}* is declared (\`${incident.id}\`). Its channel is on its way; you will be in it.`,
      );
    });
    app.view(INCIDENT_CALLBACKS.severity, async ({ view, context }) => {
      const { severity } = severityInput.parse(view.state.values);
      const person = await this.calls.of(context).person();
      await this.lead.changeSeverity(view.private_metadata, severity.severity.selected_option.value, person);
    });
    app.view(INCIDENT_CALLBACKS.resolve, async ({ view, context }) => {
      const { summary } = summaryInput.parse(view.state.values);
      const person = await this.calls.of(context).person();
      await this.resolving.resolve({ incidentId: view.private_metadata, person, summary: summary.summary.value });
    });
  }

  private registerButtons(app: Listeners): void {
    app.action(INCIDENT_ACTIONS.command, async ({ action, context }) => {
      await this.lead.takeCommand(clickedId(action), await this.calls.of(context).person());
    });
    app.action(INCIDENT_ACTIONS.severity, async ({ action, body }) => {
      const incident = await this.incidents.getOpen(clickedId(action));
      await this.gateway.openView(triggerOf(body), severityModal(incident));
    });
    app.action(INCIDENT_ACTIONS.resolve, async ({ action, body }) => {
      const incident = await this.incidents.getOpen(clickedId(action));
      await this.gateway.openView(triggerOf(body), resolveModal(incident));
    });
  }
}
