import type { CatalogItem } from '../../catalog/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import type { RuleFacts } from './rule-facts.js';
import type { RuleGiven } from './rule-given.js';
import { timeFacts } from './zone.js';

/** Stands for the item of an example that names none. */
const SOME_ITEM = {
  name: 'example-item',
  title: 'Example item',
  version: '1.0.0',
  owner: 'platform',
  kind: 'example',
  lifecycle: 'active',
  tags: [],
};
const USUAL_LEASE = { defaultHours: 168, maxHours: 2160 };

type ExampleItem = Pick<
  CatalogItem,
  'name' | 'title' | 'version' | 'owner' | 'lifecycle' | 'tags' | 'lease' | 'resource' | 'parameters'
>;

/** What an example of a rule gives, with everything ordinary filled in. */
export function factsOf(given: RuleGiven, zone: string, item?: ExampleItem): RuleFacts {
  const lease = item?.lease ?? USUAL_LEASE;
  const last = [...given.freeze].at(-1);
  return {
    verb: given.verb,
    operation: given.operation,
    person: given.person,
    team: { id: given.team, title: given.team },
    item:
      item === undefined ? { ...SOME_ITEM, ...(given.item !== undefined && { name: given.item }) } : itemFacts(item),
    environment: given.environment,
    parameters: { ...(item === undefined ? {} : defaultsOf(item)), ...given.parameters },
    reason: given.reason,
    lease: {
      hours: given.leaseHours ?? lease.defaultHours,
      defaultHours: lease.defaultHours,
      maxHours: lease.maxHours,
    },
    plan: planFacts(given.plan),
    cost: given.cost ?? {},
    quota: given.quota ?? [],
    resource: given.resource ?? {},
    time: timeFacts(new Date(given.time), zone),
    freeze: {
      active: last !== undefined,
      ids: given.freeze.map(({ id }) => id),
      title: last?.title ?? '',
      until: last?.until ?? '',
    },
    incidents: given.incidents,
  };
}

export function itemFacts(item: Omit<ExampleItem, 'lease' | 'parameters'>): RuleFacts['item'] {
  const { name, title, version, owner, lifecycle, tags, resource } = item;
  return { name, title, version, owner, lifecycle, tags, kind: resource.kind };
}

export function planFacts(changes: RuleFacts['plan']['changes']): RuleFacts['plan'] {
  return {
    changes: changes.map(({ step, title, kind, summary }) => ({ step, title, kind, summary })),
    creates: changes.filter(({ kind }) => kind === 'create').length,
    alters: changes.filter(({ kind }) => kind === 'change').length,
  };
}

function defaultsOf({ parameters }: Pick<ExampleItem, 'parameters'>): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters.properties).flatMap(([name, schema]): [string, Json][] =>
      schema.default === undefined ? [] : [[name, schema.default]],
    ),
  );
}
