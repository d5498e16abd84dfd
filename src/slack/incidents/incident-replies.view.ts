import type { Incident, TimelineEntry } from '../../incidents/index.js';
import { dateWords, escape, mention } from '../text/mrkdwn.js';
import { colourOf, severityWords } from './incident-words.js';

const SHOWN = 40;
const MAX_TEXT = 3500;

/** Answers to `/qm incident …`, as mrkdwn for the one who asked. */
export function openIncidentsText(incidents: readonly Incident[], command: string): string {
  if (incidents.length === 0) return `🟢 No incident is open. Declare one with \`${command} incident declare\`.`;
  const lines = incidents.map(
    (incident) =>
      `${colourOf(incident)} *${escape(incident.title, 120)}* · ${severityWords(incident.severity).slice(3)} · ${placeOf(incident)} · since ${dateWords(incident.declaredAt)} · \`${incident.id}\``,
  );
  return fitting(lines, 'more are open');
}

export function timelineText(incident: Incident, entries: readonly TimelineEntry[]): string {
  const head = `*Timeline of ${escape(incident.title, 120)}* · \`${incident.id}\``;
  const lines = entries.slice(-SHOWN).map(({ at, text, authorId, kind }) => {
    const who = authorId === null ? 'Quartermaster' : mention(authorId);
    return `${dateWords(at)} · ${who} · ${kind === 'pin' ? '📌 ' : ''}${escape(text.replaceAll(/\s+/g, ' '), 300)}`;
  });
  const earlier = entries.length > SHOWN ? [`_${entries.length - SHOWN} earlier entries are in the postmortem._`] : [];
  return fitting([head, ...earlier, ...lines], 'more entries');
}

export function incidentHelp(command: string): string {
  const rows: [string, string][] = [
    ['declare [title]', 'declare an incident: it gets its channel, the on-call person and a playbook'],
    ['status [id]', 'the incident of this channel, or of that id'],
    ['list', 'the open incidents'],
    ['timeline [id]', 'what happened so far; react with 📌 on a message to add it'],
    ['severity [sev1–sev4]', 'change how bad it is'],
    ['resolve', 'end it: the postmortem is written and uploaded'],
  ];
  return ['*Incidents*', ...rows.map(([usage, words]) => `\`${command} incident ${usage}\` ${words}`)].join('\n');
}

function placeOf({ room }: Incident): string {
  return room === null ? 'channel on its way' : `<#${room.channelId}>`;
}

/** Slack cuts long texts without a word: end it ourselves, and say so. */
function fitting(lines: readonly string[], what: string): string {
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length > MAX_TEXT) return `${text}_${lines.length - index} ${what}._`;
    text += `${line}\n`;
  }
  return text.trimEnd();
}
