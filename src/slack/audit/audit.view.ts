import type { AuditRecord, AuditVerdict } from '../../audit/index.js';
import { ACTIONS } from '../action-ids.js';
import { auditLine } from '../cards/audit.cards.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, lines, section } from '../text/blocks.js';
import { code, escape } from '../text/mrkdwn.js';

export interface TrailPage {
  /** As it was asked for; empty for everything. */
  readonly subject: string;
  /** The newest first. */
  readonly events: readonly AuditRecord[];
  /** For the button that goes further back; null on the last page. */
  readonly older: string | null;
}

/** `/qm audit [subject]` */
export function trailWords({ subject, events, older }: TrailPage): Words {
  const about = subject === '' ? 'everything' : code(subject, 60);
  if (events.length === 0)
    return {
      text: `The trail holds nothing about ${about}. It knows requests, approvals, resources, incidents and people by their id, such as \`req-…\`.`,
    };
  return {
    text: `The trail of ${about}, the newest first.`,
    blocks: [
      section(`*The trail of ${about}*, the newest first`),
      ...pages(events.map(auditLine)).map((text) => section(text)),
      ...(older === null
        ? [context('That is where it begins.')]
        : buttons('audit_older', [
            {
              action: ACTIONS.olderEvents,
              label: 'Older',
              says: `Older events of ${subject || 'the trail'}`,
              value: older,
            },
          ])),
    ],
  };
}

/** `/qm audit verify`: a sentence, and what is wrong if anything is. */
export function verdictWords(verdict: AuditVerdict, auditChannel: string): Words {
  const { ok, events, checkpoints, unsigned, findings, newest } = verdict;
  if (!ok) {
    const text = `🚨 The trail does not hold: ${escape(findings[0] ?? '', 400)}`;
    const more = findings.slice(1).map((finding) => `• ${escape(finding, 300)}`);
    return {
      text,
      blocks: [
        section(text),
        ...(more.length === 0 ? [] : [section(lines(more, 'more findings', 2800))]),
        context(
          'Somebody or something changed the database past the bot. Nothing was mended. Keep a copy of the database and the second sink as they are now, find out who could write there, and compare with a backup.',
        ),
      ],
    };
  }
  const tail =
    unsigned === 0
      ? 'every event is signed'
      : `the ${count(unsigned, 'event')} since the last are chained, not signed yet`;
  const filed = Object.entries(newest).map(([name, one]) => newestLine(name, one?.number ?? null, auditChannel));
  const text = `✅ The trail is whole: ${count(events, 'event')} and ${count(checkpoints, 'checkpoint')} follow from each other; ${tail}.`;
  return { text, blocks: [section(text), context(filed.join(' '))] };
}

function newestLine(name: string, number: number | null, auditChannel: string): string {
  const where = name === 'the audit channel' ? `#${escape(auditChannel, 80)}` : name;
  return number === null
    ? `No checkpoint is in ${where} yet.`
    : `The newest in ${where} is ${number}, and the same here.`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** Into as few texts as Slack's limit allows; a line is never cut. */
function pages(all: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of all) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length + 1 > 2900) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts;
}
