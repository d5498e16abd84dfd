/** Injection token of the parsed {@link Env}. */
export const ENV = Symbol('Env');
