import type { Person } from '../identity/index.js';
import type { AccessDocument, RuleApproval } from './access-document.js';
import type { ApprovalNeed } from './policy-decision.js';

/** What is wanted, before it is known which team "the owning team" is. */
export interface WantedApproval {
  readonly count: number;
  readonly from: { readonly relation?: 'lead' | 'member'; readonly role?: string; readonly teamId?: string };
  readonly expiresAfterSeconds: number;
}

/** A rule's approval in the terms of runbook steps, so that both can be merged. */
export function wantedBy(approval: RuleApproval): WantedApproval {
  const { from, count, expiresAfterHours } = approval;
  const { team, ...rest } = 'team' in from ? from : { ...from, team: undefined };
  return {
    count,
    from: { ...rest, ...(team !== undefined && { teamId: team }) },
    expiresAfterSeconds: Math.round(expiresAfterHours * 3600),
  };
}

/**
 * One need out of all that was wanted: the most votes, the shortest time. Null when they want votes of different
 * people, which one approval cannot hold.
 */
export function mergeWanted(wanted: readonly WantedApproval[]): WantedApproval | null {
  const [first, ...rest] = wanted;
  if (first === undefined) return null;
  const key = keyOf(first);
  if (rest.some((other) => keyOf(other) !== key)) return null;
  return {
    from: first.from,
    count: Math.max(...wanted.map((one) => one.count)),
    expiresAfterSeconds: Math.min(...wanted.map((one) => one.expiresAfterSeconds)),
  };
}

function keyOf({ from }: WantedApproval): string {
  return [from.teamId ?? '', from.relation ?? '', from.role ?? ''].join('|');
}

/** `relation` without a team means the team that owns the subject. */
export function forOwner(wanted: WantedApproval, owningTeamId: string): WantedApproval {
  return wanted.from.relation === undefined ? wanted : { ...wanted, from: { teamId: owningTeamId, ...wanted.from } };
}

/** With the words people read. */
export function needOf(wanted: WantedApproval, access: AccessDocument): ApprovalNeed {
  return { ...wanted, describe: `${wanted.count} ${whose(wanted.count, wanted.from, access)}, not the requester` };
}

function whose(count: number, from: ApprovalNeed['from'], access: AccessDocument): string {
  const role = access.roles.find((one) => one.id === from.role)?.title.toLowerCase() ?? from.role;
  const noun = `${role ?? from.relation ?? 'member'}${count === 1 ? '' : 's'}`;
  if (from.teamId === undefined) return noun;
  return `${noun} of ${access.teams.find((team) => team.id === from.teamId)?.title ?? from.teamId}`;
}

/**
 * Whether the file itself names enough people besides the requester. User groups may hold anybody, so with one in the
 * roster the answer is yes; who is really there is looked up when votes are counted.
 */
export function canBeMet(need: ApprovalNeed, requester: Person, access: AccessDocument): boolean {
  const rosters = rostersOf(need.from, access);
  if (rosters.some((roster) => roster.slackGroups.length > 0)) return true;
  const emails = new Set(rosters.flatMap((roster) => roster.emails));
  emails.delete(requester.email);
  return emails.size >= need.count;
}

function rostersOf(from: ApprovalNeed['from'], access: AccessDocument): { emails: string[]; slackGroups: string[] }[] {
  if (from.role !== undefined) return access.roles.filter((role) => role.id === from.role).map((role) => role.people);
  const team = access.teams.find((one) => one.id === from.teamId);
  if (team === undefined) return [];
  return from.relation === 'lead' ? [team.leads] : [team.leads, team.members];
}
