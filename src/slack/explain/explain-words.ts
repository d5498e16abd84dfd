import type { JsonObject } from '../../shared/index.js';

/** What was typed after `/qm explain`, in parts. */
export interface TypedExplain {
  readonly itemName: string;
  /** As typed: `@lea`, `<@U…>` or an e-mail address; null for oneself. */
  readonly as: string | null;
  readonly environment?: string;
  readonly teamId?: string;
  readonly parameters: JsonObject;
  /** Words that are none of these. */
  readonly unknown: readonly string[];
}

/**
 * `postgres-database production size=large for payments as @lea`, in any order after the item. Values with blanks stand in
 * quotes: `purpose="orders of the shop"`.
 */
export function typedExplain(
  text: string,
  known: { readonly environments: readonly string[]; readonly teams: readonly string[] },
): TypedExplain {
  const [itemName = '', ...words] = wordsOf(text);
  let typed: TypedExplain = { itemName: itemName.toLowerCase(), as: null, parameters: {}, unknown: [] };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const next = words[index + 1];
    const [, name, value] = /^([A-Za-z][\w-]*)=(.*)$/s.exec(word) ?? [];
    if (word.toLowerCase() === 'as' && next !== undefined) {
      typed = { ...typed, as: next };
      index += 1;
    } else if (name !== undefined && value !== undefined)
      typed = { ...typed, parameters: { ...typed.parameters, [name]: value } };
    else if (known.environments.includes(word.toLowerCase())) typed = { ...typed, environment: word.toLowerCase() };
    else if (known.teams.includes(word.toLowerCase())) typed = { ...typed, teamId: word.toLowerCase() };
    else if (!['for', 'in', 'with'].includes(word.toLowerCase()))
      typed = { ...typed, unknown: [...typed.unknown, word] };
  }
  return typed;
}

/** Slack makes quotes round on phones. */
function wordsOf(text: string): string[] {
  const straight = text.replaceAll(/[“”„]/g, '"');
  return [...straight.matchAll(/(?:[^\s"]+|"[^"]*"?)+/g)].map(([word]) => word.replaceAll('"', ''));
}
