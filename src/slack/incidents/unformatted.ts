const MENTION = /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g;

/** The people a message of Slack mentions, by id. */
export function mentionedIn(text: string): string[] {
  return [...text.matchAll(MENTION)].map(([, id]) => id ?? '');
}

/** A message of Slack as plain text: mentions by name, links by their label, entities as the characters they stand for. */
export function unformatted(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .replaceAll(MENTION, (_all, id: string) => `@${names.get(id) ?? id}`)
    .replaceAll(/<#([CG][A-Z0-9]+)(?:\|([^>]*))?>/g, (_all, id: string, name?: string) => `#${name ?? id}`)
    .replaceAll(/<!(?:subteam\^[A-Z0-9]+|date\^[^|>]*)\|([^>]*)>/g, '$1')
    .replaceAll(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replaceAll(/<((?:https?|mailto):[^|>]+)\|([^>]*)>/g, '$2 ($1)')
    .replaceAll(/<((?:https?|mailto):[^>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
