import { piecesOf } from './expression-template.js';

/** Paths of the fields that a template reads: `network/port`. */
export function paramsIn(template: string): string[] {
  return sourcesOf(template).flatMap((source) =>
    [...source.matchAll(/\bparams\.(\w+(?:\.\w+)*)/g)].map(([, path = '']) => path.replaceAll('.', '/')),
  );
}

/** Whether a template reads `request.team` or `request.environment`, which are asked in the same form. */
export function readsRequest(template: string): boolean {
  return sourcesOf(template).some((source) => /\brequest\.(team|environment)\b/.test(source));
}

function sourcesOf(template: string): string[] {
  try {
    return piecesOf(template).flatMap((piece) => (piece.kind === 'expression' ? [piece.source] : []));
  } catch {
    return [];
  }
}
