import type { ModalView, PlainTextOption } from '@slack/web-api';
import type { Severity } from '../../catalog/index.js';
import { type Incident, placeWords } from '../../incidents/index.js';
import { plain } from '../text/mrkdwn.js';
import { SEVERITIES, SEVERITY_MEANINGS, severityWords } from './incident-words.js';

export const INCIDENT_CALLBACKS = {
  declare: 'incident_declare',
  resolve: 'incident_resolve',
  severity: 'incident_severity',
} as const;

/** Block and action ids of the inputs, for reading the submission. */
export const INCIDENT_INPUTS = {
  title: 'title',
  severity: 'severity',
  resource: 'resource',
  description: 'description',
  summary: 'summary',
} as const;

/** What `external_select` asks for while somebody types. */
export const RESOURCE_OPTIONS = 'incident_resource_options';

export function declareModal(defaults: { title?: string } = {}): ModalView {
  return {
    type: 'modal',
    callback_id: INCIDENT_CALLBACKS.declare,
    title: plain('Declare an incident', 24),
    submit: plain('Declare', 24),
    close: plain('Cancel', 24),
    blocks: [
      {
        type: 'input',
        block_id: INCIDENT_INPUTS.title,
        label: plain('What is wrong?', 100),
        hint: plain('A few words; the channel gets its name from them.', 150),
        element: {
          type: 'plain_text_input',
          action_id: INCIDENT_INPUTS.title,
          min_length: 3,
          max_length: 120,
          placeholder: plain('Orders database refuses connections', 100),
          ...(defaults.title !== undefined && defaults.title !== '' && { initial_value: defaults.title.slice(0, 120) }),
        },
      },
      severityInput('sev2'),
      {
        type: 'input',
        block_id: INCIDENT_INPUTS.resource,
        optional: true,
        label: plain('Affected resource', 100),
        hint: plain('With it come its owner and a playbook for it.', 150),
        element: {
          type: 'external_select',
          action_id: RESOURCE_OPTIONS,
          min_query_length: 0,
          placeholder: plain('Type to search', 100),
        },
      },
      {
        type: 'input',
        block_id: INCIDENT_INPUTS.description,
        optional: true,
        label: plain('What is seen?', 100),
        hint: plain('Since when, by whom, which message. Never paste credentials.', 150),
        element: {
          type: 'plain_text_input',
          action_id: INCIDENT_INPUTS.description,
          multiline: true,
          max_length: 2000,
        },
      },
    ],
  };
}

export function severityModal(incident: Incident): ModalView {
  return {
    type: 'modal',
    callback_id: INCIDENT_CALLBACKS.severity,
    private_metadata: incident.id,
    title: plain('Change severity', 24),
    submit: plain('Change', 24),
    close: plain('Cancel', 24),
    blocks: [severityInput(incident.severity)],
  };
}

export function resolveModal(incident: Incident): ModalView {
  return {
    type: 'modal',
    callback_id: INCIDENT_CALLBACKS.resolve,
    private_metadata: incident.id,
    title: plain('Resolve the incident', 24),
    submit: plain('Resolve', 24),
    close: plain('Cancel', 24),
    blocks: [
      { type: 'section', text: plain(incident.title, 150) },
      {
        type: 'input',
        block_id: INCIDENT_INPUTS.summary,
        label: plain('What was it, and what ended it?', 100),
        hint: plain('Stands at the top of the postmortem, which is written and uploaded now.', 150),
        element: {
          type: 'plain_text_input',
          action_id: INCIDENT_INPUTS.summary,
          multiline: true,
          min_length: 3,
          max_length: 2500,
        },
      },
    ],
  };
}

/** At most 100, as Slack takes. */
export function resourceOptions(
  resources: readonly { id: string; title: string; environment: string }[],
): PlainTextOption[] {
  return resources.slice(0, 100).map(({ id, title, environment }) => ({
    text: plain(placeWords({ title, environment }), 75),
    value: id,
    description: plain(id, 75),
  }));
}

function severityInput(initial: Severity): ModalView['blocks'][number] {
  return {
    type: 'input',
    block_id: INCIDENT_INPUTS.severity,
    label: plain('Severity', 100),
    element: {
      type: 'static_select',
      action_id: INCIDENT_INPUTS.severity,
      options: SEVERITIES.map(severityOption),
      initial_option: severityOption(initial),
    },
  };
}

function severityOption(severity: Severity): PlainTextOption {
  return {
    text: plain(severityWords(severity), 75),
    value: severity,
    description: plain(SEVERITY_MEANINGS[severity], 75),
  };
}
