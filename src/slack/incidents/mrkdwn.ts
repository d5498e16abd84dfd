import type { PlainTextElement } from '@slack/web-api';

/** Text a person typed, harmless in mrkdwn, at most `max` characters of it. */
export function escape(text: string, max = 3000): string {
  return clipped(text, max).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function plain(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clipped(text.replaceAll(/\s+/g, ' ').trim(), max), emoji: true };
}

export function mention(personId: string): string {
  return `<@${personId}>`;
}

/** Shown in each reader's own time zone. */
export function dateWords(date: Date): string {
  const fallback = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(date.getTime() / 1000)}^{date_short_pretty} {time}|${fallback}>`;
}

function clipped(text: string, max: number): string {
  const letters = [...text];
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`;
}
