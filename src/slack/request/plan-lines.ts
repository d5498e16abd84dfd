import type { Outcome, PolicyDecision } from '../../policy/index.js';
import type { ChangeKind, PlannedChange } from '../../requests/index.js';
import { lines } from '../text/blocks.js';
import { escape } from '../text/mrkdwn.js';

const CHANGES: Readonly<Record<ChangeKind, { icon: string; word: string }>> = {
  create: { icon: '➕', word: 'makes' },
  change: { icon: '✏️', word: 'changes' },
  none: { icon: '▪️', word: 'nothing to do' },
  unknown: { icon: '❔', word: 'known once an earlier step ran' },
  cannot: { icon: '⛔', word: 'can’t be done' },
};
const DECISIONS: Readonly<Record<Outcome, string>> = { allow: '✅', deny: '⛔', 'needs-approval': '⏳' };

/** What each step would do, one line a step. */
export function changeLines(changes: readonly PlannedChange[]): string {
  if (changes.length === 0) return '_Nothing would be changed._';
  const all = changes.flatMap(({ kind, title, summary, details }) => {
    const { icon, word } = CHANGES[kind];
    return [
      `${icon} *${escape(title, 200)}* · ${word}`,
      // What is unknown has nothing to add to its own heading.
      ...(kind === 'unknown' ? [] : [`      ${escape(summary, 400)}`]),
      ...details.map((detail) => `      ${escape(detail, 300)}`),
    ];
  });
  return lines(all, 'more lines', 2800);
}

/** Every rule that spoke, in its own words. */
export function decisionLines(decision: PolicyDecision): string {
  return lines(
    decision.reasons.map(
      ({ outcome, rule, message }) => `${DECISIONS[outcome]} ${escape(message, 400)} _(${escape(rule, 100)})_`,
    ),
    'more rules',
    2800,
  );
}
