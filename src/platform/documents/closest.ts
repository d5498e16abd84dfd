import { distance } from 'fastest-levenshtein';

/** The known words that look most like what was written, best first, at most three: for "did you mean …". */
export function closest(text: string, known: readonly string[], limit = 3): string[] {
  const wanted = text.trim().toLowerCase().slice(0, 100);
  if (wanted === '') return [];
  return known
    .map((word) => ({ word, score: scoreOf(wanted, word.toLowerCase()) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0) || a.word.localeCompare(b.word))
    .slice(0, limit)
    .map(({ word }) => word);
}

/** 0 is the same word, below 1 contains it, above is the number of typing errors; null is too far away to help. */
function scoreOf(wanted: string, word: string): number | null {
  if (wanted === word) return 0;
  if (wanted.length >= 2 && word.startsWith(wanted)) return 0.5;
  if (wanted.length >= 3 && word.includes(wanted)) return 0.75;
  const errors = distance(wanted, word);
  return errors <= Math.max(2, Math.floor(word.length / 3)) ? errors : null;
}
