import {
  subject as asSubject,
  createMongoAbility,
  type MongoAbility,
  type MongoQuery,
  type RawRuleOf,
} from '@casl/ability';
import type { Person } from '../identity/index.js';
import type { AccessRule, Who } from './access-document.js';
import type { PolicySubject, Verb } from './policy-decision.js';

/** A subject with what only some verbs know. */
export interface RuleSubject extends Omit<PolicySubject, 'kind'> {
  readonly stepKind?: 'manual' | 'diagnostic' | 'automated';
}

type Ability = MongoAbility<[string, 'Subject' | RuleSubject]>;

/**
 * The rules that speak when this person wants to do this to that subject, in the order of the file. CASL matches verb,
 * person and subject; what the rules together mean is decided in {@link Policy}, as they have three effects, not two.
 */
export function spokenRules(
  rules: readonly AccessRule[],
  person: Person,
  verb: Verb,
  subject: RuleSubject,
): AccessRule[] {
  const ability: Ability = createMongoAbility<Ability>(rules.flatMap((rule) => rawRules(rule, person)));
  const target = asSubject('Subject', { ...subject });
  const spoken = new Set(
    ability
      .rulesFor(verb, 'Subject')
      .filter((rule) => rule.matchesConditions(target))
      .map((rule) => rule.reason),
  );
  return rules.filter((rule) => spoken.has(rule.id));
}

function rawRules(rule: AccessRule, person: Person): RawRuleOf<Ability>[] {
  return rule.who.flatMap((who) => {
    const conditions = whoConditions(who, person);
    if (conditions === null) return [];
    return [
      {
        action: rule.can,
        subject: 'Subject' as const,
        conditions: {
          ...conditions,
          ...(rule.items !== undefined && { itemName: { $in: rule.items } }),
          ...(rule.environments !== undefined && { environment: { $in: rule.environments } }),
          ...(rule.stepKinds !== undefined && { stepKind: { $in: rule.stepKinds } }),
        },
        inverted: rule.effect === 'deny',
        reason: rule.id,
      },
    ];
  });
}

/** What the subject must be like for this person to be meant; null when the person is not meant at all. */
function whoConditions(who: Who, person: Person): MongoQuery<RuleSubject> | null {
  const teams = person.teams.map((team) => team.teamId);
  if ('anyone' in who) return {};
  if ('self' in who) return { ownerId: person.id };
  if ('role' in who) return person.roles.includes(who.role) ? {} : null;
  if ('team' in who) return teams.includes(who.team) ? {} : null;
  switch (who.relation) {
    case 'member':
      return { teamId: { $in: teams } };
    case 'lead':
      return { teamId: { $in: person.teams.filter((team) => team.relation === 'lead').map((team) => team.teamId) } };
    case 'item-owner':
      return { itemOwner: { $in: teams } };
    case 'outsider':
      return { teamId: { $exists: true, $nin: teams } };
  }
}
