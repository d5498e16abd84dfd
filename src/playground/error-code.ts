/**
 * Whether an error carries this `code`. By its fields and not by its class: what Node itself throws has another
 * `Error` above it wherever code runs in a context of its own, as under test.
 */
export const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
