import type { PlainTextElement } from '@slack/web-api';

/** Zero-width and direction-changing characters: they make text look like something it is not. */
const INVISIBLE = /[\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u061C\u180E]/g;

/** Slack's text objects hold 3,000 characters, counted as UTF-16 units. */
const MAX_TEXT = 3000;

/**
 * Text a person typed, harmless in mrkdwn: no mentions, links or channels come through, and formatting characters stay
 * what they are. At most `max` units long after escaping.
 */
export function escape(text: string, max = MAX_TEXT): string {
  const safe = text.replaceAll(INVISIBLE, '');
  const cut = clipped(safe, max, lengthOnceEscaped);
  return cut.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** In back-ticks; what is typed can't close them. */
export function code(text: string, max = 200): string {
  return `\`${escape(text.replaceAll('`', 'ˋ').replaceAll(/\s+/g, ' '), max)}\``;
}

/** The whole of it an address on the web, without a login and without what ends a link in mrkdwn. */
const WEB_ADDRESS = /^https?:\/\/[\w.:-]+(?:[/?#][^\s<>|`"\\]*)?$/;

/** What a step gave: an address can be followed and is shown as it is, everything else is in back-ticks. */
export function valueWords(value: unknown): string {
  if (typeof value !== 'string') return code(JSON.stringify(value));
  const isLink = value.length <= 200 && WEB_ADDRESS.test(value) && value === value.replaceAll(INVISIBLE, '');
  return isLink ? `<${escape(value)}>` : code(value);
}

/** On one line, no mrkdwn at all. */
export function plain(text: string, max: number): PlainTextElement {
  const line = text.replaceAll(INVISIBLE, '').replaceAll(/\s+/g, ' ').trim();
  return { type: 'plain_text', text: clipped(line === '' ? '–' : line, max), emoji: true };
}

export function mention(personId: string): string {
  return `<@${personId}>`;
}

export function mentions(personIds: readonly string[]): string {
  return personIds.map(mention).join(', ');
}

/** For escaped words of our own making that name people. */
export function withMentions(escaped: string): string {
  return escaped.replaceAll(/&lt;@([UW][A-Z0-9]{2,20})&gt;/g, '<@$1>');
}

/** `serverVersion` as people read it: `Server version`. */
export function nameWords(name: string, max = 100): string {
  const words = name
    .replaceAll(/([A-Z])/g, ' $1')
    .replaceAll(/[_-]/g, ' ')
    .trim()
    .toLowerCase();
  return escape(words.charAt(0).toUpperCase() + words.slice(1), max);
}

/** Shown in each reader's own time zone, with a fallback in UTC. */
export function dateWords(date: Date): string {
  const fallback = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(date.getTime() / 1000)}^{date_short_pretty} at {time}|${fallback}>`;
}

/** The time of day only. */
export function timeWords(date: Date): string {
  return `<!date^${Math.floor(date.getTime() / 1000)}^{time_secs}|${date.toISOString().slice(11, 19)} UTC>`;
}

/** `3 days`, `5 hours`, `under an hour`: for leases. */
export function hoursWords(hours: number): string {
  if (hours < 1) return 'under an hour';
  if (hours < 48) return `${Math.floor(hours)} hour${Math.floor(hours) === 1 ? '' : 's'}`;
  return `${Math.floor(hours / 24)} days`;
}

/** Ends with … when something had to be left out; never cuts a character in two. */
export function clipped(
  text: string,
  max: number,
  measure: (letter: string) => number = (letter) => letter.length,
): string {
  if (text.length * 5 <= max) return text;
  let used = 0;
  let kept = '';
  for (const letter of text) {
    used += measure(letter);
    if (used > max) return `${fitting(kept, max - 1, measure)}…`;
    kept += letter;
  }
  return text;
}

function fitting(text: string, max: number, measure: (letter: string) => number): string {
  let used = 0;
  let kept = '';
  for (const letter of text) {
    used += measure(letter);
    if (used > max) break;
    kept += letter;
  }
  return kept;
}

function lengthOnceEscaped(letter: string): number {
  if (letter === '&') return 5;
  return letter === '<' || letter === '>' ? 4 : letter.length;
}

/** A reason as it was written down, as a sentence: it begins with a capital and ends. */
export function sentenceOf(reason: string): string {
  const text = reason.trim();
  if (text === '') return '';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}
