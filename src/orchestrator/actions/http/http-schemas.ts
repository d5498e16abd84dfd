import { z } from 'zod';
import { secretReference } from '../secret-reference.js';

/** Ours to set, or meant for the connection and not for the server. */
const RESERVED =
  /^(?:host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive|idempotency-key|proxy-.*)$/i;
const FOR_SECRETS = /^(?:authorization|cookie)$/i;
/** What a URL parser would quietly make another path of. */
const NOT_LITERAL = /[\s\\]|\/\.{1,2}(?:[/?#]|$)|%2e|%2f|%5c/i;

const printable = z
  .string()
  .regex(/^[\x20-\x7e]*$/, 'printable ASCII')
  .max(4_096);
const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/, 'a header’s name')
  .refine((name) => !RESERVED.test(name), 'is set by us');
const plainHeader = headerName.refine(
  (name) => !FOR_SECRETS.test(name),
  'belongs under secretHeaders or login, by reference',
);

export const url = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((text) => !NOT_LITERAL.test(text), 'must not hold spaces, backslashes or dot segments');
/** One step of a path. It is encoded, so that a slash or question mark in it stays in it. */
const segment = z
  .string()
  .min(1)
  .max(300)
  .refine((text) => text !== '.' && text !== '..', 'must not be . or ..');

/** Which URL, and as whom. */
export const address = z.strictObject({
  url,
  path: z.array(segment).max(30).default([]),
  query: z.record(z.string().max(100), z.union([z.string().max(2_000), z.number(), z.boolean()])).default({}),
  headers: z.record(plainHeader, printable).default({}),
  secretHeaders: z.record(headerName, secretReference.extend({ prefix: printable.max(40).default('') })).default({}),
  /** HTTP Basic. */
  login: z
    .strictObject({
      ref: secretReference.shape.ref,
      usernameField: secretReference.shape.field.default('username'),
      passwordField: secretReference.shape.field.default('password'),
    })
    .exactOptional(),
});

export type Address = z.output<typeof address>;

/** Of an input that holds more. */
export function addressOf({ url: base, path, query, headers, secretHeaders, login }: Address): Address {
  return { url: base, path, query, headers, secretHeaders, ...(login !== undefined && { login }) };
}

/** What is sent. `bodySecrets` puts secrets into the JSON, by JSON pointer. */
export const content = z.strictObject({
  json: z.json().exactOptional(),
  form: z.record(z.string().max(100), z.string().max(65_536)).exactOptional(),
  text: z.string().max(262_144).exactOptional(),
  bodySecrets: z
    .record(z.string().regex(/^(?:\/[\w.-]{1,80}){1,10}$/, 'a JSON pointer like /spec/password'), secretReference)
    .default({}),
});

export type Content = z.output<typeof content>;

/** Of an input that holds more. */
export function contentOf({ json, form, text, bodySecrets }: Content): Content {
  return {
    ...(json !== undefined && { json }),
    ...(form !== undefined && { form }),
    ...(text !== undefined && { text }),
    bodySecrets,
  };
}

export const attempts = z.int().min(1).max(10).default(4);
export const everySeconds = z.int().min(1).max(300).default(5);

/** The URL that is meant, with each step of the path and each parameter encoded. */
export function urlOf({ url: base, path, query }: Pick<Address, 'url' | 'path' | 'query'>): string {
  const made = new URL(base);
  if (path.length > 0) made.pathname = [made.pathname.replace(/\/$/, ''), ...path.map(encodeURIComponent)].join('/');
  for (const [name, value] of Object.entries(query)) made.searchParams.set(name, String(value));
  return made.href;
}
