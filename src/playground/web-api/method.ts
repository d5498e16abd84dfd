import { z } from 'zod';
import type { World } from '../world.js';

export interface ApiMethod {
  name: string;
  /** Which token it takes. */
  token: 'bot' | 'app' | 'none';
  parse(raw: Record<string, unknown>): z.ZodSafeParseResult<unknown>;
  run(world: World, args: unknown): Promise<Record<string, unknown>> | Record<string, unknown>;
}

type Answer = Record<string, unknown>;

/** A Web API method: its arguments, and what it does with them. `ok: true` is added to the answer. */
export function method<S extends z.ZodType>(
  name: string,
  args: S,
  run: (world: World, args: z.infer<S>) => Promise<Answer> | Answer,
  token: ApiMethod['token'] = 'bot',
): ApiMethod {
  return {
    name,
    token,
    parse: (raw) => args.safeParse(raw),
    run: (world, checked) => run(world, checked as z.infer<S>),
  };
}

/** Form bodies carry everything as text: objects and lists as JSON. */
export const json = <S extends z.ZodType>(inner: S) =>
  z.preprocess((value) => (typeof value === 'string' ? parsed(value) : value), inner);

/** What is no JSON stays the text that it is, and the schema says what it thinks of that. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export const flag = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  return value === 'true' || value === '1';
}, z.boolean());

export const count = z.preprocess(
  (value) => (typeof value === 'string' && value !== '' ? Number(value) : value),
  z.number().int(),
);

/** `U1,U2` or a JSON list. */
export const idList = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  if (value.startsWith('[')) return parsed(value);
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}, z.array(z.string()));

export const timestamp = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string());

export const pageArgs = { limit: count.optional(), cursor: z.string().optional() };
