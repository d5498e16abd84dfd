import type { Person } from '../identity/index.js';
import type { VoterGroup } from '../policy/index.js';
import type { Approval } from './approval.js';

/** One word for a group of people, so that the database finds what waits for them. */
export function groupKey({ teamId, relation = 'member', role, managerOf }: VoterGroup): string {
  if (managerOf !== undefined) return `manager:${managerOf}`;
  return role === undefined ? `team:${teamId ?? ''}:${relation}` : `role:${role}`;
}

/** Every group this person is in. @param managed e-mails of those whose manager they are */
export function groupKeysOf({ teams, roles }: Person, managed: readonly string[]): string[] {
  return [
    ...teams.flatMap(({ teamId, relation }) => [
      `team:${teamId}:member`,
      ...(relation === 'lead' ? [`team:${teamId}:lead`] : []),
    ]),
    ...roles.map((role) => `role:${role}`),
    ...managed.map((email) => `manager:${email}`),
  ];
}

/** Names one group of an approval's need, for what was escalated. */
export function placeKey(stage: number, group: number): string {
  return `${stage}.${group}`;
}

/** The groups a stage asks by now. */
export function waitsFor({ need, escalated }: Pick<Approval, 'need' | 'escalated'>, stage: number): string[] {
  const keys = (need.stages[stage]?.all ?? []).flatMap(({ from, escalation }, group) => [
    groupKey(from),
    ...(escalation !== undefined && escalated.includes(placeKey(stage, group)) ? [groupKey(escalation.to)] : []),
  ]);
  return [...new Set(keys)];
}
