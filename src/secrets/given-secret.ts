/** Where values are kept that people gave on a one-time page, and the name of the field there. */
export const GIVEN_FOLDER = 'typed';
export const GIVEN_FIELD = 'value';

/** What a secret parameter holds: where its value is, as a regular expression's text. */
export const GIVEN_SECRET_PATTERN = `^kv:${GIVEN_FOLDER}/[a-z0-9-]{1,40}(/[a-z0-9-]{1,40})?#[0-9]{1,9}$`;
/** Stands for one where nobody gives any: in the examples of catalog files, and when rules are explained. Nothing is stored there. */
export const EXAMPLE_SECRET = `kv:${GIVEN_FOLDER}/example#1`;
const GIVEN = new RegExp(GIVEN_SECRET_PATTERN);

/** Whether it is a reference to a value that a person gave on a one-time page. */
export function isGivenSecret(value: unknown): value is string {
  return typeof value === 'string' && GIVEN.test(value);
}
