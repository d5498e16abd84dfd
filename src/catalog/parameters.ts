import type { CatalogItem } from './catalog-item.js';
import type { FormField, ParameterResult } from './form-field.js';

/** The questions of the item's form, in the order of its schema. */
export function formFields(_item: Pick<CatalogItem, 'parameters'>): FormField[] {
  return [];
}

/** Checks what a person entered; fills in defaults. Never echoes a value. */
export function validateParameters(_item: Pick<CatalogItem, 'parameters'>, _raw: unknown): ParameterResult {
  return { ok: false, errors: [] };
}
