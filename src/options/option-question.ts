import type { CatalogItem, FormContext, OptionField } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import type { JsonObject } from '../shared/index.js';

/** For whom, and beside what else in the form, options are looked up. */
export interface OptionContext {
  readonly item: CatalogItem;
  readonly person: Person;
  /** Empty while it is not chosen. */
  readonly teamId: string;
  readonly environment: string;
  /** What the form holds, as typed. */
  readonly otherValues: JsonObject;
}

export interface OptionQuestion extends OptionContext {
  /** The parameter's path. */
  readonly field: string;
  /** As typed so far. */
  readonly text: string;
}

/** A question about a field that was found, with what all fields hold, defaults among them; as sources get it. */
export interface SourceQuestion extends OptionContext {
  readonly field: OptionField;
  readonly text: string;
  /** What the person knows another field as. */
  readonly labelOf: (name: string) => string;
}

/** What expressions of a source see. */
export function scopeOf(question: SourceQuestion): JsonObject {
  const { user, request } = formContext(question);
  return { params: question.otherValues, request: { ...request }, user: { ...user }, query: question.text };
}

/** For whom the form is filled in. */
export function formContext({ person, teamId, environment }: Omit<OptionContext, 'otherValues' | 'item'>): FormContext {
  const { id, name, email, timezone = '' } = person;
  return { request: { team: teamId, environment, requesterId: id }, user: { name, email, timezone } };
}
