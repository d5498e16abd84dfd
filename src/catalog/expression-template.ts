import type { Json } from '../shared/index.js';

/** A piece of a text template: literal text, or an expression between `${{` and `}}`. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: string };

const OPENING = '${{';
const CLOSING = '}}';

class UnclosedExpression extends Error {}

/** Splits a template; `}}` inside a CEL string literal does not end the expression. @throws UnclosedExpression */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (;;) {
    const start = template.indexOf(OPENING, at);
    if (start === -1) break;
    if (start > at) pieces.push({ kind: 'text', text: template.slice(at, start) });
    const end = closingOf(template, start + OPENING.length);
    pieces.push({ kind: 'expression', source: template.slice(start + OPENING.length, end) });
    at = end + CLOSING.length;
  }
  if (at < template.length) pieces.push({ kind: 'text', text: template.slice(at) });
  return pieces;
}

function closingOf(template: string, from: number): number {
  let quote = '';
  for (let index = from; index < template.length; index += 1) {
    const letter = template.charAt(index);
    if (quote !== '') {
      if (letter === '\\') index += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (template.startsWith(CLOSING, index)) return index;
  }
  throw new UnclosedExpression('an expression is opened by ${{ and never closed');
}

/** Whether the text has an expression in it. */
export function holdsExpression(text: string): boolean {
  return text.includes(OPENING);
}

/** Every text in a template with its path. */
export function* textsOf(
  template: Json,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; text: string }> {
  if (typeof template === 'string') yield { path, text: template };
  else if (Array.isArray(template))
    for (const [index, inner] of template.entries()) yield* textsOf(inner, [...path, index]);
  else if (typeof template === 'object' && template !== null)
    for (const [key, inner] of Object.entries(template)) yield* textsOf(inner, [...path, key]);
}
