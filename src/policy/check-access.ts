import { closest, type DocumentPath, type DocumentProblem, type YamlDocument } from '../platform/documents/index.js';
import type { AccessDocument } from './access-document.js';
import { votersNamed } from './approval-document.js';

/** What is wrong in access.yaml beyond its shape: names that lead nowhere, names given twice, teams nobody leads. */
export function accessProblems(document: YamlDocument, access: AccessDocument): DocumentProblem[] {
  const teams = access.teams.map((team) => team.id);
  const roles = access.roles.map((role) => role.id);
  return [
    ...duplicates(document, 'teams', teams),
    ...duplicates(document, 'roles', roles),
    ...duplicates(
      document,
      'rules',
      access.rules.map((rule) => rule.id),
    ),
    ...access.rules.flatMap((rule, index) => {
      const at: DocumentPath = ['rules', index];
      return [
        ...rule.who.flatMap((who, position) => references(document, [...at, 'who', position], who, { teams, roles })),
        ...votersNamed(rule.approval).flatMap(({ at: below, voters }) =>
          references(document, [...at, 'approval', ...below], voters, { teams, roles }),
        ),
        ...(rule.environments ?? []).flatMap((name, position) =>
          known(document, [...at, 'environments', position], 'environment', name, access.environments),
        ),
      ];
    }),
    ...Object.entries(access.managers).flatMap(([email, manager]) =>
      email === manager
        ? [document.problem(['managers', email], 'nobody is their own manager', 'name another person')]
        : [],
    ),
    ...access.teams.flatMap((team, index) =>
      team.leads.emails.length + team.leads.slackGroups.length > 0
        ? []
        : [
            document.problem(
              ['teams', index, 'leads'],
              `nobody leads ${team.title}, so nobody can approve for it`,
              'name a lead',
              'warning',
            ),
          ],
    ),
  ];
}

/** Rules for items the catalog does not have: only warnings, as the item's own file may be the broken one. */
export function itemNameProblems(
  document: YamlDocument,
  access: AccessDocument,
  items: readonly string[],
): DocumentProblem[] {
  return access.rules.flatMap((rule, index) =>
    (rule.items ?? []).flatMap((name, position) =>
      known(document, ['rules', index, 'items', position], 'catalog item', name, items).map((problem) => ({
        ...problem,
        severity: 'warning' as const,
      })),
    ),
  );
}

function duplicates(document: YamlDocument, list: string, ids: readonly string[]): DocumentProblem[] {
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [document.problem([list, index, 'id'], `“${id}” is there already`, 'choose another id')],
  );
}

/** Roles and teams that do not exist. */
export function references(
  document: YamlDocument,
  path: DocumentPath,
  to: { readonly role?: string } | { readonly team?: string } | object,
  names: { teams: readonly string[]; roles: readonly string[] },
): DocumentProblem[] {
  const role = 'role' in to ? to.role : undefined;
  const team = 'team' in to ? to.team : undefined;
  return [
    ...(role === undefined ? [] : known(document, [...path, 'role'], 'role', role, names.roles)),
    ...(team === undefined ? [] : known(document, [...path, 'team'], 'team', team, names.teams)),
  ];
}

function known(
  document: YamlDocument,
  path: DocumentPath,
  what: string,
  name: string,
  names: readonly string[],
): DocumentProblem[] {
  if (names.includes(name)) return [];
  const [near] = closest(name, names, 1);
  const remedy = near === undefined ? `write one of ${names.join(', ')} instead` : `write “${near}” instead`;
  return [document.problem(path, `there is no ${what} “${name}”`, remedy)];
}
