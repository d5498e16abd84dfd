import { type Expressions, piecesOf } from '../catalog/index.js';
import { AppError, type Json, type JsonObject } from '../shared/index.js';

export class UnsafeAddress extends AppError {
  readonly code = 'options.unsafe_address';
}

/**
 * An address with its expressions filled in, each as one part of it: whatever somebody typed stays inside of its path segment or query value.
 * @throws ExpressionFailed, UnsafeAddress
 */
export function filledUrl(template: string, scope: JsonObject, expressions: Expressions): string {
  return piecesOf(template)
    .map((piece) => (piece.kind === 'text' ? piece.text : partOf(expressions.evaluate(`\${{${piece.source}}}`, scope))))
    .join('');
}

function partOf(value: Json): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // An address takes these two as "here" and "one up".
  if (text === '.' || text === '..') throw new UnsafeAddress('One of the other fields cannot be part of an address.');
  try {
    return encodeURIComponent(text);
  } catch {
    throw new UnsafeAddress('One of the other fields cannot be part of an address.');
  }
}
