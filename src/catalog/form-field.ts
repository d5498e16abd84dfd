import type { Json } from '../shared/index.js';
import type { OptionSource } from './option-source.js';

export type FormFieldKind =
  | 'text'
  | 'multiline'
  | 'number'
  | 'boolean'
  | 'enum'
  | 'multi-enum'
  | 'date'
  | 'time'
  | 'date-time'
  | 'email'
  | 'url'
  | 'person'
  | 'people'
  | 'channel'
  | 'channels'
  /** A list of texts or numbers, one a line. */
  | 'lines'
  /** Chosen from options that are looked up while one types; see `optionsFrom`. */
  | 'options'
  | 'multi-options'
  /** Never asked in Slack: the form leads to a page of its own. */
  | 'secret'
  /** One value and no other: shown, not asked. */
  | 'fixed'
  /** Has fields of its own, on a page of its own. */
  | 'object'
  /** A list of objects, each on a page of its own. */
  | 'entries';

export interface FormOption {
  readonly value: string;
  readonly title: string;
  readonly description?: string;
}

/** One question of the form that is made from an item's JSON Schema. Values are in the parameter's own JSON type. */
export interface FormField {
  /** The parameter's name. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Shown in the empty field: the schema's first example. */
  readonly placeholder?: string;
  readonly kind: FormFieldKind;
  readonly required: boolean;
  readonly default?: Json;
  /** For enum and multi-enum. */
  readonly options?: readonly FormOption[];
  /** Numbers: bounds; text: lengths; lists: counts. */
  readonly min?: number;
  readonly max?: number;
  /** Numbers: whole ones only. */
  readonly integer?: boolean;
  readonly pattern?: string;
  /** Lists of lines: what one line is. */
  readonly lineKind?: FormFieldKind;
  /** Its options are looked up while somebody types. */
  readonly optionsFrom?: OptionSource;
}

/**
 * A sentence for one field. `field` is its path: `name`, `network/port`, `rules/0/port`; '' when it is about the form as
 * a whole. Never holds the value.
 */
export interface ParameterError {
  readonly field: string;
  readonly message: string;
}

export type ParameterResult =
  | { readonly ok: true; readonly value: Record<string, Json> }
  | { readonly ok: false; readonly errors: readonly ParameterError[] };
