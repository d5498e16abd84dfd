import type { ApprovalNeed } from '../policy/index.js';
import { placeKey } from './group-key.js';

/** How long after the stage began the next of its groups is escalated; null when none is left to be. */
export function escalationDue({ stages }: ApprovalNeed, stage: number, escalated: readonly string[]): number | null {
  const due = (stages[stage]?.all ?? []).flatMap(({ escalation }, group) =>
    escalation === undefined || escalated.includes(placeKey(stage, group)) ? [] : [escalation.afterSeconds],
  );
  return due.length === 0 ? null : Math.min(...due);
}
