import { durationWords } from './duration.js';
import { type Incident, SEVERITY_WORDS } from './incident.js';
import type { Playbook, PlaybookStep } from './playbook.js';
import type { TimelineEntry } from './timeline-entry.js';

export interface PostmortemFacts {
  readonly incident: Incident & { readonly resolvedAt: Date };
  readonly resource: { readonly title: string; readonly id: string; readonly environment: string } | null;
  readonly playbooks: readonly Playbook[];
  readonly timeline: readonly TimelineEntry[];
  /** Names by Slack user id. */
  readonly names: ReadonlyMap<string, string>;
}

/** The postmortem as Markdown: what is known is filled in, what only people know is asked for. */
export function postmortem(facts: PostmortemFacts): string {
  const { incident } = facts;
  const sections = [
    `# Postmortem: ${inline(incident.title)}`,
    overview(facts),
    `## Summary\n\n${paragraph(incident.summary ?? '')}`,
    `## What was seen\n\n${paragraph(incident.description)}`,
    `## Timeline\n\nAll times in UTC.\n\n${timelineTable(facts)}`,
    ...facts.playbooks.map((playbook) => playbookSection(playbook, facts.names)),
    `## People\n\n${people(facts)}`,
    '## Follow-ups\n\n- [ ] What was the cause, and what keeps it from happening again?\n- [ ] What would have shown it sooner?\n- [ ] Which step of the playbook was missing, wrong or slow?',
    ...rollBackReminder(facts.playbooks),
  ];
  return `${sections.join('\n\n')}\n`;
}

function overview({ incident, resource }: PostmortemFacts): string {
  const affected =
    resource === null ? 'none named' : `${inline(resource.title)} (${resource.id}, ${resource.environment})`;
  return [
    `- **Incident:** ${incident.id}`,
    `- **Severity:** ${incident.severity} (${SEVERITY_WORDS[incident.severity]})`,
    `- **Affected resource:** ${affected}`,
    `- **Declared:** ${time(incident.declaredAt)}`,
    `- **Resolved:** ${time(incident.resolvedAt)}`,
    `- **Duration:** ${durationWords(incident.declaredAt, incident.resolvedAt)}`,
  ].join('\n');
}

function timelineTable({ timeline, names }: PostmortemFacts): string {
  const rows = timeline.map(
    ({ at, text, authorId, kind }) =>
      `| ${time(at)} | ${authorId === null ? 'Quartermaster' : nameOf(names, authorId)} | ${kind === 'pin' ? '📌 ' : ''}${cell(text)} |`,
  );
  return ['| When | Who | What |', '| --- | --- | --- |', ...rows].join('\n');
}

function playbookSection(playbook: Playbook, names: ReadonlyMap<string, string>): string {
  const rows = playbook.steps.map((step) => {
    const who = step.changedBy === null ? '' : nameOf(names, step.changedBy);
    return `| ${cell(step.title)} | ${step.state.replaceAll('-', ' ')} | ${who} | ${step.changedAt === null ? '' : time(step.changedAt)} | ${cell(step.note ?? '')} |`;
  });
  const aside = playbook.state === 'set-aside' ? ' (set aside)' : '';
  return [
    `## Playbook: ${inline(playbook.runbook.title)}${aside}\n`,
    '| Step | State | Who | When | Note |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function people({ incident, timeline, names }: PostmortemFacts): string {
  const roles: [string, string | null][] = [
    ['declared', incident.declaredBy],
    ['commanded', incident.commanderId],
    ['was on call', incident.onCallId],
    ['resolved', incident.resolvedBy],
  ];
  const ids = new Set([...roles.map(([, id]) => id), ...timeline.map((entry) => entry.authorId)]);
  return [...ids]
    .filter((id) => id !== null)
    .map((id) => {
      const did = roles.filter(([, who]) => who === id).map(([role]) => role);
      return `- ${nameOf(names, id)}: ${did.length === 0 ? 'helped' : did.join(', ')}`;
    })
    .join('\n');
}

function rollBackReminder(playbooks: readonly Playbook[]): string[] {
  const left = playbooks.flatMap(({ steps }) => steps).filter(isLeftInPlace);
  if (left.length === 0) return [];
  return [
    `Still in place, and reversible from the playbook card:\n\n${left.map((step) => `- [ ] ${inline(step.title)}`).join('\n')}`,
  ];
}

function isLeftInPlace(step: PlaybookStep): boolean {
  return step.reversible && (step.state === 'done' || step.state === 'rollback-failed');
}

function time(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

function nameOf(names: ReadonlyMap<string, string>, id: string): string {
  return cell(names.get(id) ?? id);
}

function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function cell(text: string): string {
  return inline(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

function paragraph(text: string): string {
  const trimmed = text.trim();
  // A line that starts like a heading would look like a section of ours.
  return trimmed === '' ? '_Nothing was written down._' : trimmed.replaceAll(/^#/gm, '\\#');
}
