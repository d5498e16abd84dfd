import type { StepApproval } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import type { AccessDocument } from './access-document.js';
import type { RuleApproval, RuleVoters } from './approval-document.js';
import { groupWords, needWords } from './approval-words.js';
import type { ApprovalGroup, ApprovalNeed, ApprovalStage, VoterGroup } from './policy-decision.js';

/** Whose votes are wanted, before it is known which team "the owning team" is and who "the manager". */
export type WantedVoters =
  | { readonly relation?: 'lead' | 'member'; readonly role?: string; readonly teamId?: string }
  | { readonly itemOwners: true; readonly relation: 'lead' | 'member' }
  | { readonly manager: true };

interface WantedGroup {
  readonly count: number;
  readonly from: WantedVoters;
  readonly escalation?: { readonly to: WantedVoters; readonly afterSeconds: number };
}

/** What one rule, or one step of a runbook, wants. */
export interface WantedApproval {
  readonly stages: readonly (readonly WantedGroup[])[];
  readonly expiresAfterSeconds: number;
  readonly remindAfterSeconds?: number;
}

/** What an approval is about, as far as "the owning team", "the item's owners" and "the manager" depend on it. */
export interface ApprovalAbout {
  readonly requester: Person;
  /** The team that owns the subject. */
  readonly teamId?: string;
  /** The team that owns the catalog item. */
  readonly itemOwner?: string;
}

const HOUR_SECONDS = 3600;

export function wantedByRule(approval: RuleApproval): WantedApproval {
  const { count = 1, from, stage = 1, stages, expiresAfterHours, remindAfterHours } = approval;
  const escalation = escalationOf(approval);
  const groups = (stages ?? []).map(({ all }) => all);
  // For short: the one group comes in the stage it names, after stages that other rules fill.
  const all = from === undefined ? groups : [...Array.from({ length: stage - 1 }, () => []), [{ count, from }]];
  return {
    stages: all.map((one) =>
      one.map((group) => ({ count: group.count, from: votersOf(group.from), ...(escalation && { escalation }) })),
    ),
    expiresAfterSeconds: Math.round(expiresAfterHours * HOUR_SECONDS),
    ...(remindAfterHours !== undefined && { remindAfterSeconds: Math.round(remindAfterHours * HOUR_SECONDS) }),
  };
}

export function wantedByStep({ count, from, expiresAfterSeconds }: StepApproval): WantedApproval {
  return { stages: [[{ count, from }]], expiresAfterSeconds };
}

function escalationOf({ escalateTo, escalateAfterHours }: RuleApproval): WantedGroup['escalation'] {
  if (escalateTo === undefined || escalateAfterHours === undefined) return undefined;
  return { to: votersOf(escalateTo), afterSeconds: Math.round(escalateAfterHours * HOUR_SECONDS) };
}

function votersOf(voters: RuleVoters): WantedVoters {
  if (!('team' in voters)) return voters;
  const { team, relation } = voters;
  return { teamId: team, relation };
}

/**
 * One need out of all that was wanted. What comes in the same stage must all agree; of those who are wanted twice in a stage,
 * the most votes; of the times, the shortest. Null when it wants an owning team, and there is none.
 */
export function approvalNeed(
  wanted: readonly WantedApproval[],
  about: ApprovalAbout,
  access: AccessDocument,
): ApprovalNeed | null {
  const depth = Math.max(0, ...wanted.map(({ stages }) => stages.length));
  const stages: ApprovalStage[] = [];
  for (let at = 0; at < depth; at += 1) {
    const groups = wanted.flatMap(({ stages: its }) => (its[at] ?? []).map((group) => groupOf(group, about, access)));
    if (groups.includes(null)) return null;
    const all = merged(groups.filter((group) => group !== null));
    if (all.length > 0) stages.push({ all });
  }
  const reminders = wanted.flatMap(({ remindAfterSeconds }) => remindAfterSeconds ?? []);
  return {
    stages,
    describe: needWords(stages),
    expiresAfterSeconds: Math.min(...wanted.map(({ expiresAfterSeconds }) => expiresAfterSeconds)),
    ...(reminders.length > 0 && { remindAfterSeconds: Math.min(...reminders) }),
  };
}

function groupOf(group: WantedGroup, about: ApprovalAbout, access: AccessDocument): ApprovalGroup | null {
  const from = resolved(group.from, about);
  if (from === null) return null;
  const { count, escalation } = group;
  const plain = { count, from, describe: groupWords(count, from, access) };
  const to = escalation === undefined ? null : resolved(escalation.to, about);
  if (escalation === undefined || to === null || keyOf(to) === keyOf(from)) return plain;
  const { afterSeconds } = escalation;
  return { ...plain, escalation: { to, describe: groupWords(count, to, access), afterSeconds } };
}

/** Null when there is no such team. */
function resolved(wanted: WantedVoters, { requester, teamId, itemOwner }: ApprovalAbout): VoterGroup | null {
  if ('manager' in wanted) return { managerOf: requester.email };
  if ('itemOwners' in wanted) return itemOwner === undefined ? null : { teamId: itemOwner, relation: wanted.relation };
  if (wanted.relation === undefined || wanted.teamId !== undefined) return wanted;
  return teamId === undefined ? null : { teamId, ...wanted };
}

/** Wanted twice with different escalations: none, as each of them is narrower than both. */
function merged(groups: readonly ApprovalGroup[]): ApprovalGroup[] {
  const byVoters = new Map<string, ApprovalGroup>();
  for (const group of groups) {
    const key = keyOf(group.from);
    const known = byVoters.get(key);
    byVoters.set(key, known === undefined ? group : stricter(known, group));
  }
  return [...byVoters.values()];
}

function stricter(one: ApprovalGroup, other: ApprovalGroup): ApprovalGroup {
  const more = one.count >= other.count ? one : other;
  const { escalation: _escalation, ...plain } = more;
  if (one.escalation === undefined || other.escalation === undefined) return plain;
  if (keyOf(one.escalation.to) !== keyOf(other.escalation.to)) return plain;
  const afterSeconds = Math.max(one.escalation.afterSeconds, other.escalation.afterSeconds);
  return { ...plain, escalation: { ...(more.escalation ?? one.escalation), afterSeconds } };
}

function keyOf({ teamId = '', relation = 'member', role = '', managerOf = '' }: VoterGroup): string {
  return [teamId, teamId === '' ? '' : relation, role, managerOf].join('|');
}
