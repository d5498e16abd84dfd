import type { AccessDocument } from './access-document.js';
import type { ApprovalStage, VoterGroup } from './policy-decision.js';

/** "2 leads of Payments" */
export function groupWords(count: number, from: VoterGroup, access: AccessDocument): string {
  if (from.managerOf !== undefined) return 'the requester’s manager';
  const role = access.roles.find((one) => one.id === from.role)?.title.toLowerCase() ?? from.role;
  const noun = `${count} ${role ?? from.relation ?? 'member'}${count === 1 ? '' : 's'}`;
  if (from.teamId === undefined) return noun;
  return `${noun} of ${access.teams.find((team) => team.id === from.teamId)?.title ?? from.teamId}`;
}

/** "first 1 lead of Payments, then 1 security reviewer and 1 member of Platform, not the requester" */
export function needWords(stages: readonly ApprovalStage[]): string {
  const [first = '', ...then] = stages.map(({ all }) => all.map(({ describe }) => describe).join(' and '));
  const order = then.length === 0 ? first : `first ${[first, ...then].join(', then ')}`;
  return `${order}, not the requester`;
}
