import type { Json } from '../shared/index.js';
import type { TypedForm } from './form-entered.js';
import type { Form, PlacedField } from './form-model.js';
import { isUntouched } from './form-shown.js';

/** One input as it came back. `variant` is of the input that was shown. */
export interface ReadField {
  readonly path: string;
  readonly variant: string | undefined;
  readonly value: Json;
}

/**
 * What was typed, with what the inputs of a page hold now. Only what differs from what was shown counts as typed: so
 * defaults go on following other fields, and what could not be shown is not lost.
 */
export function typedAfter(typed: TypedForm, form: Form, read: readonly ReadField[]): TypedForm {
  const places = new Map(form.pages.flatMap(({ fields }) => fields.map((field) => [field.path, field] as const)));
  return read.reduce((now, one) => afterOne(now, places.get(one.path), one), typed);
}

function afterOne(typed: TypedForm, place: PlacedField | undefined, { path, variant, value }: ReadField): TypedForm {
  if (place !== undefined && (place.field.kind === 'object' || place.field.kind === 'entries')) {
    const wanted = Array.isArray(value) ? value.length > 0 : value === 'true' || value === true;
    return wanted === place.shown ? typed : typed.wanting(path, wanted);
  }
  // Never asked for in Slack, whatever comes from there.
  if (place?.field.kind === 'secret') return typed;
  const isAnother = place === undefined || place.variant !== variant;
  // An input that is not there any more: its text is kept, its emptiness says nothing.
  if (isAnother)
    return value === null || (Array.isArray(value) && value.length === 0) ? typed : typed.with(path, value);
  return isUntouched(place.shown, value) ? typed : typed.with(path, value);
}
