import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, Expressions, formOf, TypedForm } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import type { BulkWish } from './bulk.js';
import type { BulkLine } from './reading/bulk-line.js';

/** Marks of nested objects and lists beside the paths of fields. */
const MARKS = /[?#]$/;

/** Completes a line to what somebody would have sent from the form: with its defaults, as the person who sends it. */
@Injectable()
export class LineWish {
  constructor(
    private readonly catalog: Catalog,
    private readonly expressions: Expressions,
  ) {}

  isKnown({ itemName }: BulkLine): boolean {
    return this.catalog.findItem(itemName) !== null;
  }

  /** @throws UnknownItem */
  complete(line: BulkLine, person: Person): { item: CatalogItem; wish: BulkWish; problems: string[] } {
    const item = this.catalog.item(line.itemName);
    const teamId = line.teamId ?? person.teams[0]?.teamId ?? '';
    const environment = line.environment ?? item.environments[0] ?? '';
    const parameters = this.parametersOf(item, line, person, { teamId, environment });
    const { reason = '', leaseHours = item.lease.defaultHours } = line;
    const wish = { itemName: item.name, teamId, environment, parameters, reason: reason.trim(), leaseHours };
    const problems = teamId === '' ? ['You are in no team: say with “team” for which it is.'] : [];
    return { item, wish, problems: [...problems, ...withoutEffect(line, parameters)] };
  }

  private parametersOf(
    item: CatalogItem,
    { typed }: BulkLine,
    { id, name, email, timezone }: Person,
    { teamId, environment }: { teamId: string; environment: string },
  ): JsonObject {
    const user = { name, email, timezone: timezone ?? 'UTC' };
    const context = { user, request: { team: teamId, environment, requesterId: id } };
    return formOf({ item, typed: new TypedForm(typed), context, expressions: this.expressions }).parameters;
  }
}

/** What is written but would not be sent: misspelt, or not asked for with the other values. Nobody finds out otherwise. */
function withoutEffect({ typed, itemName }: BulkLine, parameters: JsonObject): string[] {
  return Object.keys(typed)
    .filter((path) => !MARKS.test(path) && typed[path] !== null && !isIn(parameters, path))
    .map(
      (path) => `“${path.replaceAll('/', '.')}” is nothing that ${itemName} asks for, or not with these other values.`,
    );
}

function isIn(parameters: JsonObject, path: string): boolean {
  let value: Json | undefined = parameters;
  for (const part of path.split('/')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return false;
    value = (value as Record<string, Json>)[part];
  }
  return true;
}
