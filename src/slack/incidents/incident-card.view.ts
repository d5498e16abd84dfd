import type { KnownBlock } from '@slack/web-api';
import { durationWords, type IncidentView, placeWords } from '../../incidents/index.js';
import type { CardMessage } from '../cards/card-source.js';
import { dateWords, escape, mention, plain } from '../text/mrkdwn.js';
import { colourOf, progressWords, severityWords } from './incident-words.js';

export const INCIDENT_ACTIONS = {
  resolve: 'incident_resolve',
  severity: 'incident_severity',
  command: 'incident_command',
} as const;

/** The card that is pinned in the incident's channel. */
export function incidentCard(view: IncidentView): CardMessage {
  const { incident } = view;
  const state = incident.state === 'resolved' ? 'resolved' : 'open';
  const text = `${severityWords(incident.severity)}: ${escape(incident.title, 200)} (${state})`;
  return {
    text,
    blocks: [
      { type: 'header', text: plain(`${colourOf(incident)} ${incident.title}`, 150) },
      { type: 'section', fields: fieldsOf(view) },
      ...said('What is seen', incident.description),
      ...said('Summary', incident.summary ?? ''),
      ...buttonsOf(view),
      {
        type: 'context',
        elements: [
          { type: 'mrkdwn', text: `\`${incident.id}\` · React with 📌 on a message to put it on the timeline` },
        ],
      },
    ],
  };
}

function fieldsOf({ incident, resource, playbooks }: IncidentView): { type: 'mrkdwn'; text: string }[] {
  const { resolvedAt, declaredAt } = incident;
  const playbook = playbooks.find(({ state }) => state === 'in-use');
  const affected = resource === null ? 'none named' : `${escape(placeWords(resource))}\n\`${resource.id}\``;
  const fields: [string, string][] = [
    ['Severity', severityWords(incident.severity)],
    [
      'State',
      resolvedAt === null
        ? `Open since ${dateWords(declaredAt)}`
        : `Resolved after ${durationWords(declaredAt, resolvedAt)}`,
    ],
    ['Commander', mention(incident.commanderId)],
    ['On call', incident.onCallId === null ? 'nobody found' : mention(incident.onCallId)],
    ['Affected resource', affected],
    [
      'Playbook',
      playbook === undefined ? 'none applies' : `${escape(playbook.runbook.title)}: ${progressWords(playbook)}`,
    ],
  ];
  return fields.map(([label, value]) => ({ type: 'mrkdwn', text: `*${label}*\n${value}`.slice(0, 2000) }));
}

function said(label: string, words: string): KnownBlock[] {
  if (words === '') return [];
  return [{ type: 'section', text: { type: 'mrkdwn', text: `*${label}*\n${escape(words, 2500)}` } }];
}

function buttonsOf({ incident }: IncidentView): KnownBlock[] {
  if (incident.state === 'resolved') return [];
  const button = (actionId: string, label: string, said: string) => ({
    type: 'button' as const,
    action_id: actionId,
    value: incident.id,
    text: plain(label, 75),
    accessibility_label: said,
  });
  return [
    {
      type: 'actions',
      block_id: 'incident_actions',
      elements: [
        { ...button(INCIDENT_ACTIONS.resolve, 'Resolve', 'Resolve this incident'), style: 'primary' },
        button(INCIDENT_ACTIONS.severity, 'Change severity', 'Change the severity of this incident'),
        button(INCIDENT_ACTIONS.command, 'Take command', 'Become the commander of this incident'),
      ],
    },
  ];
}

/** The same for one pair of eyes, without buttons. */
export function incidentStatus(view: IncidentView): CardMessage {
  const { text, blocks } = incidentCard(view);
  return { text, blocks: blocks.filter(({ type }) => type !== 'actions') };
}

/** The pointer in the incidents channel. */
export function incidentPointer({ incident }: IncidentView): CardMessage {
  const where =
    incident.room === null
      ? 'its channel is being made'
      : incident.room.own
        ? `<#${incident.room.channelId}>`
        : 'it goes on in this channel';
  const when =
    incident.resolvedAt === null
      ? `open since ${dateWords(incident.declaredAt)}`
      : `resolved after ${durationWords(incident.declaredAt, incident.resolvedAt)}`;
  const words = `${colourOf(incident)} *${escape(incident.title, 200)}* · ${severityWords(incident.severity).slice(3)} · ${where} · ${when}`;
  return {
    text: `${severityWords(incident.severity)}: ${escape(incident.title, 200)}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: words } },
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: `Declared by ${mention(incident.declaredBy)} · \`${incident.id}\`` }],
      },
    ],
  };
}
