import type { DecisionReason, PolicyDecision, ReasonOutcome } from '../../policy/index.js';
import type { ChangeKind, PlannedChange } from '../../requests/index.js';
import { lines } from '../text/blocks.js';
import { code, escape } from '../text/mrkdwn.js';

const CHANGES: Readonly<Record<ChangeKind, { icon: string; word: string }>> = {
  create: { icon: '➕', word: 'makes' },
  change: { icon: '✏️', word: 'changes' },
  destroy: { icon: '🗑️', word: 'takes away' },
  none: { icon: '▪️', word: 'nothing to do' },
  unknown: { icon: '❔', word: 'known once an earlier step ran' },
  cannot: { icon: '⛔', word: 'can’t be done' },
};
const DECISIONS: Readonly<Record<ReasonOutcome, string>> = {
  allow: '✅',
  deny: '⛔',
  'needs-approval': '⏳',
  warn: '⚠️',
  audit: '🔍',
  waived: '🎫',
};
const WOULD = { deny: 'refuse this', 'needs-approval': 'want an approval', warn: 'warn' } as const;

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
      (reason) =>
        `${DECISIONS[reason.outcome]} ${standing(reason)}${escape(reason.message, 400)} _(${escape(reason.rule, 100)})_`,
    ),
    'more rules',
    2800,
  );
}

export function decisionIcon(outcome: ReasonOutcome): string {
  return DECISIONS[outcome];
}

/** Why something that spoke does not count; '' when it does. */
export function standing({ outcome, content }: DecisionReason): string {
  if (content === undefined) return '';
  if (outcome === 'audit') return `_Only tried out; it would ${WOULD[content.effect]}:_ `;
  if (outcome === 'waived') return `_Does not count, by the exception ${code(content.waiver?.id ?? '')}:_ `;
  return '';
}
