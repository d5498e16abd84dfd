/** A field of the rules' facts: its CEL type, and what it says, in the words of docs/policies.md. */
export interface RuleField {
  readonly path: string;
  readonly type: string;
  readonly says: string;
}

/** What a list of these holds; their fields stand below them as `Change.kind`. */
export const ELEMENTS = ['Change', 'Quota', 'Incident'] as const;
export type ElementType = (typeof ELEMENTS)[number];

/** Everything an expression may name. A test holds docs/policies.md to this list. */
export const RULE_FIELDS: readonly RuleField[] = [
  field('verb', 'string', 'what is judged: `request`, `operate`, `upgrade`, `extend` or `destroy`'),
  field('operation', 'string', 'name of the operation, for `operate`; empty otherwise'),
  field('environment', 'string', 'where it is, or would be'),
  field('reason', 'string', 'what the person gave as the reason'),
  field(
    'parameters',
    'map<string, dyn>',
    'what the person chose, by name; for `operate` and `upgrade`, what they would be afterwards',
  ),
  field('person.id', 'string', 'Slack user id of whoever asks'),
  field('person.name', 'string', 'their name'),
  field('person.email', 'string', 'their e-mail address'),
  field('person.teams', 'list<string>', 'ids of all their teams'),
  field('person.leads', 'list<string>', 'ids of the teams they lead'),
  field('person.roles', 'list<string>', 'ids of their roles'),
  field('team.id', 'string', 'the owning team'),
  field('team.title', 'string', 'the owning team’s title'),
  field('item.name', 'string', 'the catalog item'),
  field('item.title', 'string', 'its title'),
  field('item.version', 'string', 'its version'),
  field('item.owner', 'string', 'id of the team that looks after the item'),
  field('item.kind', 'string', 'kind of the resource it makes'),
  field('item.lifecycle', 'string', '`active` or `deprecated` (and others, for resources that live on)'),
  field('item.tags', 'list<string>', 'its tags'),
  field(
    'lease.hours',
    'double',
    'how long it would live; for `extend`, how much longer; for `operate` and `upgrade`, how long still',
  ),
  field('lease.defaultHours', 'double', 'the item’s usual lease'),
  field('lease.maxHours', 'double', 'the item’s longest lease'),
  field('plan.changes', 'list<Change>', 'what each step would do; empty for `extend` and `destroy`'),
  field('plan.creates', 'int', 'how many steps make something'),
  field('plan.alters', 'int', 'how many steps change something that is there'),
  field('Change.step', 'string', 'the step’s name'),
  field('Change.title', 'string', 'its title'),
  field('Change.kind', 'string', '`create`, `change`, `none`, `unknown` or `cannot`'),
  field('Change.summary', 'string', 'what it would do, in a sentence'),
  field('cost.currency', 'string', 'three letters; ask `has(cost.monthly)` first, as a cost may be unknown'),
  field('cost.hourly', 'double', 'cost of an hour'),
  field('cost.monthly', 'double', 'cost of a month'),
  field('cost.untilEnd', 'double', 'cost of the whole lease'),
  field('quota', 'list<Quota>', 'the units this would take; empty when it takes none'),
  field('Quota.unit', 'string', 'id of the unit'),
  field('Quota.limit', 'double', 'how much the team may have'),
  field('Quota.used', 'double', 'how much it has'),
  field('Quota.wanted', 'double', 'how much this would take'),
  field('resource.id', 'string', 'what every verb but `request` is about; ask `has(resource.id)` first'),
  field('resource.kind', 'string', 'its kind'),
  field('resource.title', 'string', 'its title'),
  field('resource.ageHours', 'double', 'how long ago it was made'),
  field('time.now', 'google.protobuf.Timestamp', 'this moment'),
  field('time.date', 'string', 'today, `2026-12-24`'),
  field('time.hour', 'int', '0 to 23'),
  field('time.minute', 'int', '0 to 59'),
  field('time.weekday', 'string', '`monday` to `sunday`'),
  field('time.zone', 'string', 'the zone that date, hour and weekday are in, from freezes.yaml'),
  field('freeze.active', 'bool', 'whether a freeze window holds for this team, environment and item'),
  field('freeze.ids', 'list<string>', 'ids of the windows that hold'),
  field('freeze.title', 'string', 'title of the one that ends last'),
  field('freeze.until', 'string', 'when that one ends, in words'),
  field('incidents', 'list<Incident>', 'the open incidents'),
  field('Incident.id', 'string', 'its id'),
  field('Incident.title', 'string', 'its title'),
  field('Incident.severity', 'string', '`sev1` to `sev4`'),
  field('Incident.environment', 'string', 'of the affected resource; empty when none is named'),
  field('Incident.team', 'string', 'owner of the affected resource; empty when none is named'),
  field('Incident.item', 'string', 'catalog item of the affected resource; empty when none is named'),
];

/** CEL types by name; one level deep is all there is. */
export type FieldTypes = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The variables, without what lists hold. */
export const VARIABLES: FieldTypes = nested(RULE_FIELDS.filter(({ path }) => !isElement(path)));

/** Types by field for each kind of list element. */
export const ELEMENT_FIELDS = nested(RULE_FIELDS.filter(({ path }) => isElement(path))) as Readonly<
  Record<ElementType, Readonly<Record<string, string>>>
>;

function field(path: string, type: string, says: string): RuleField {
  return { path, type, says };
}

function isElement(path: string): boolean {
  return ELEMENTS.some((name) => path.startsWith(`${name}.`));
}

function nested(fields: readonly RuleField[]): FieldTypes {
  const tree: Record<string, string | Record<string, string>> = {};
  for (const { path, type } of fields) {
    const [head = '', name] = path.split('.');
    if (name === undefined) tree[head] = type;
    else {
      const inner = tree[head];
      tree[head] = { ...(typeof inner === 'object' ? inner : {}), [name]: type };
    }
  }
  return tree;
}
