/** `none`: it could not be asked, or said something that is no decision. `why` completes "could not be judged (…)". */
export type OpaAnswer =
  | { readonly kind: 'silent' }
  | { readonly kind: 'fires'; readonly messages: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

const MOST_MESSAGES = 5;
const MAX_LETTERS = 300;

/** True or false, or the sentences of a partial rule, `deny contains sentence if …`: some fire, none is silent. */
export function answerOf(result: unknown): OpaAnswer {
  if (result === true) return { kind: 'fires', messages: [] };
  if (result === false) return { kind: 'silent' };
  if (!Array.isArray(result)) return none('its decision is neither true or false nor a list of sentences');
  const sentences: unknown[] = result;
  if (sentences.length === 0) return { kind: 'silent' };
  const messages = sentences.filter((sentence) => typeof sentence === 'string');
  if (messages.length < sentences.length) return none('its decision is neither true or false nor a list of sentences');
  return { kind: 'fires', messages: messages.slice(0, MOST_MESSAGES).map((text) => text.slice(0, MAX_LETTERS)) };
}

export function none(why: string): OpaAnswer {
  return { kind: 'none', why };
}
