import { seated } from '../shared/index.js';
import type { AccessDocument } from './access-document.js';
import type { ApprovalNeed, VoterGroup } from './policy-decision.js';

type Named = 'anybody' | ReadonlySet<string>;

/**
 * Whether the file itself names enough different people besides the requester, over the whole chain. User groups may hold
 * anybody, so with one in the roster the answer is yes; who is really there is looked up when votes are counted.
 * @param requesterEmail lower case
 */
export function canBeMet({ stages }: ApprovalNeed, requesterEmail: string, access: AccessDocument): boolean {
  const seats: ReadonlySet<string>[] = [];
  for (const { count, from, escalation } of stages.flatMap(({ all }) => all)) {
    const named = [namedIn(from, access), ...(escalation === undefined ? [] : [namedIn(escalation.to, access)])];
    const sets = named.filter((people) => people !== 'anybody');
    if (sets.length < named.length) continue;
    const people = new Set(sets.flatMap((set) => [...set]).filter((email) => email !== requesterEmail));
    seats.push(...Array.from({ length: count }, () => people));
  }
  return !seated(seats).includes(null);
}

function namedIn(from: VoterGroup, access: AccessDocument): Named {
  const rosters = rostersOf(from, access);
  if (rosters.some((roster) => roster.slackGroups.length > 0)) return 'anybody';
  return new Set(rosters.flatMap((roster) => roster.emails));
}

function rostersOf(from: VoterGroup, access: AccessDocument): { emails: string[]; slackGroups: string[] }[] {
  if (from.managerOf !== undefined) {
    const manager = access.managers[from.managerOf];
    return manager === undefined ? [] : [{ emails: [manager], slackGroups: [] }];
  }
  if (from.role !== undefined) return access.roles.filter((role) => role.id === from.role).map((role) => role.people);
  const team = access.teams.find((one) => one.id === from.teamId);
  if (team === undefined) return [];
  return from.relation === 'lead' ? [team.leads] : [team.leads, team.members];
}
