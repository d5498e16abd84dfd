import type { Runbook } from '../catalog/index.js';
import type { Incident } from './incident.js';

const COMMON = new Set([
  'the',
  'and',
  'for',
  'with',
  'that',
  'not',
  'are',
  'was',
  'too',
  'has',
  'database',
  'postgres',
  'postgresql',
  'service',
]);

/**
 * Best fit first: a runbook meant for this severity before one that is not; among those, the one that shares most words with
 * what was declared; among equals, the given order.
 */
export function bestFitFirst(
  runbooks: readonly Runbook[],
  incident: Pick<Incident, 'title' | 'description' | 'severity'>,
): Runbook[] {
  const said = wordsOf(`${incident.title} ${incident.description}`);
  const scoreOf = (runbook: Runbook): number => {
    const shared = [...wordsOf(`${runbook.title} ${runbook.name} ${runbook.summary}`)].filter((word) =>
      said.has(word),
    ).length;
    return (runbook.severities.includes(incident.severity) ? 1000 : 0) + shared;
  };
  return runbooks
    .map((runbook) => ({ runbook, score: scoreOf(runbook) }))
    .sort((a, b) => b.score - a.score)
    .map(({ runbook }) => runbook);
}

/** Of three letters and more, without their endings: connections and connection are one word. */
function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  return new Set(words.filter((word) => !COMMON.has(word)).map((word) => word.replace(/(?:ing|ed|es|s)$/, '')));
}
